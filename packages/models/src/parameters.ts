// Conversion between tfjs's and PyTorch's layouts, for golden tests, safetensors and ONNX. No other module converts.
import { tf } from "@mlpconv/tensor";

/** One trainable array of a model: its PyTorch name, and conversions between the two layouts. */
export interface Parameter {
  /** PyTorch's `state_dict` key: "0.0.weight". */
  key: string;
  /** Shape in PyTorch's layout. */
  shape: number[];
  /** Variable in tfjs's layout; assign to it to load. */
  variable: tf.Variable;
  /** Converts tfjs's layout to PyTorch's: HWIO to OIHW, [in, out] to [out, in]. A new tensor, for a value or a gradient. */
  toTorch(tensor: tf.Tensor): tf.Tensor;
  /** Converts PyTorch's layout to tfjs's. A new tensor. */
  fromTorch(tensor: tf.Tensor): tf.Tensor;
}

/** [height, width, channels] of the map that is flattened for a dense layer: channels last here, channels first in PyTorch. */
type Flattened = readonly [number, number, number];

type Layout = Pick<Parameter, "shape" | "toTorch" | "fromTorch">;

/**
 * A model's parameters in `state_dict` order; the model was built here or opened with `tf.loadLayersModel`.
 *
 * @throws Error when a layer other than Conv2D and Dense has weights
 */
export const parameters = (model: tf.LayersModel): Parameter[] => {
  let flattened: Flattened | undefined;
  return model.layers.flatMap((layer) => {
    const type = layer.getClassName();
    if (type === "Flatten") flattened = mapShape(layer);
    if (layer.weights.length === 0) return [];
    if (type !== "Conv2D" && type !== "Dense") {
      throw new Error(
        `parameters: expected Conv2D and Dense alone to have weights, got ${type} "${layer.name}"`,
      );
    }
    const [kernel, bias] = layer.weights.map(variableOf) as [tf.Variable, tf.Variable?];
    const weight = type === "Conv2D" ? convolution(kernel.shape) : denseLayout(kernel.shape, flattened);
    if (type === "Dense") flattened = undefined;
    return [
      { key: `${layer.name}.weight`, variable: kernel, ...weight },
      ...(bias ? [{ key: `${layer.name}.bias`, variable: bias, ...same(bias.shape) }] : []),
    ];
  });
};

/** The variable behind a weight: tfjs types the result of `read` as a Tensor. */
const variableOf = (weight: tf.LayerVariable): tf.Variable => {
  const variable = weight.read();
  if (variable instanceof tf.Variable) return variable;
  throw new Error(`parameters: expected ${weight.name} to be a variable, got a tensor`);
};

const mapShape = (flatten: tf.layers.Layer): Flattened | undefined => {
  const [, height, width, channels] = (flatten.input as tf.SymbolicTensor).shape;
  return height && width && channels ? [height, width, channels] : undefined;
};

const same = (shape: number[]): Layout => ({
  shape,
  toTorch: (tensor) => tensor.clone(),
  fromTorch: (tensor) => tensor.clone(),
});

const toOihw = [3, 2, 0, 1];
const toHwio = [2, 3, 1, 0];

const convolution = (hwio: number[]): Layout => ({
  shape: toOihw.map((axis) => hwio[axis]!),
  toTorch: (tensor) => tf.transpose(tensor, toOihw),
  fromTorch: (tensor) => tf.transpose(tensor, toHwio),
});

const denseLayout = (shape: number[], flattened: Flattened | undefined): Layout => {
  const [inputs, outputs] = shape as [number, number];
  if (!flattened) {
    const turn = (tensor: tf.Tensor) => tf.transpose(tensor, [1, 0]);
    return { shape: [outputs, inputs], toTorch: turn, fromTorch: turn };
  }
  // A dense layer on a flattened map is a convolution whose window is the whole map.
  const [height, width, channels] = flattened;
  return {
    shape: [outputs, inputs],
    toTorch: (tensor) =>
      tf.tidy(() =>
        tensor.reshape([height, width, channels, outputs]).transpose(toOihw).reshape([outputs, inputs]),
      ),
    fromTorch: (tensor) =>
      tf.tidy(() =>
        tensor.reshape([outputs, channels, height, width]).transpose(toHwio).reshape([inputs, outputs]),
      ),
  };
};
