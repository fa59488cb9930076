// Conversion between tfjs's and PyTorch's layouts, for golden tests, safetensors and ONNX. No other module converts.
import { wiring } from "@mlpconv/layers";
import { arrayOf, type LayerArray, layerKind } from "@mlpconv/layers/kinds";
import { tf } from "@mlpconv/tensor";

/** One array of a model: its PyTorch name, and conversions between the two layouts. */
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

/** An array of a model's state, trained or not. */
export interface StateArray extends Parameter {
  /** The layer that it belongs to. */
  layer: tf.layers.Layer;
  /** Whether training writes it without a gradient, as batch normalisation its running statistics. */
  buffer: boolean;
}

/** [height, width, channels] of the map that is flattened for a dense layer: channels last here, channels first in PyTorch. */
type Flattened = readonly [number, number, number];

type Layout = Pick<Parameter, "shape" | "toTorch" | "fromTorch">;

/**
 * A model's trained arrays in `state_dict` order; the model was built here or opened with `tf.loadLayersModel`.
 *
 * @throws Error when a layer that the layer table has no arrays for has weights
 */
export const parameters = (model: tf.LayersModel): Parameter[] =>
  stateArrays(model).flatMap(({ buffer, layer: _, ...parameter }) => (buffer ? [] : [parameter]));

/**
 * All arrays that make up a model's state, in `state_dict` order: its parameters, and the running statistics of batch normalisation.
 *
 * @throws Error when a layer that the layer table has no arrays for has weights
 */
export const stateArrays = (model: tf.LayersModel): StateArray[] => {
  let flattened: Flattened | undefined;
  return wiring(model).flatMap(({ layer }) => {
    const type = layer.getClassName();
    const kind = layerKind(type);
    if (type === "Flatten") flattened = mapShape(layer);
    const arrays = layer.weights.map((weight): StateArray => {
      const array = arrayOf(kind, weight);
      if (!array) {
        throw new Error(
          `parameters: expected weights of layers that PyTorch's names are known for, got ${type} "${layer.name}"`,
        );
      }
      const variable = variableOf(weight);
      const { name, buffer = false } = array;
      return {
        key: `${layer.name}.${name}`,
        layer,
        variable,
        buffer,
        ...layouts[array.layout](variable.shape, flattened),
      };
    });
    if (kind.arrays?.some(({ layout }) => layout === "matrix")) flattened = undefined;
    return arrays;
  });
};

/** Keys of the whole-number scalars that PyTorch's modules have beside these arrays and compute nothing with: `num_batches_tracked`. */
export const stateCounters = (model: tf.LayersModel): string[] =>
  wiring(model).flatMap(({ layer }) =>
    (layerKind(layer.getClassName()).counters ?? []).map((name) => `${layer.name}.${name}`),
  );

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

const vector = (shape: number[]): Layout => ({
  shape,
  toTorch: (tensor) => tensor.clone(),
  fromTorch: (tensor) => tensor.clone(),
});

const toOihw = [3, 2, 0, 1];
const toHwio = [2, 3, 1, 0];

const filter = (hwio: number[]): Layout => ({
  shape: toOihw.map((axis) => hwio[axis]!),
  toTorch: (tensor) => tf.transpose(tensor, toOihw),
  fromTorch: (tensor) => tf.transpose(tensor, toHwio),
});

const matrix = (shape: number[], flattened: Flattened | undefined): Layout => {
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

const layouts: Record<LayerArray["layout"], (shape: number[], flattened: Flattened | undefined) => Layout> = {
  vector,
  filter,
  matrix,
};
