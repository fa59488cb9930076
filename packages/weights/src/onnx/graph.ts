// A chain of tf.layers as ONNX nodes, channels first as in PyTorch's exports.
import { type Parameter, parameters } from "@mlpconv/models";
import type { tf } from "@mlpconv/tensor";
import type { Rescaling } from "../config/raw-pixels.js";
import { type Side, samePadding } from "./padding.js";

export interface OnnxNode {
  op: string;
  name: string;
  inputs: string[];
  output: string;
  attributes: Record<string, number | number[]>;
}

export interface OnnxGraph {
  name: string;
  nodes: OnnxNode[];
  /** Weights in PyTorch's layout, by their `state_dict` keys. */
  initializers: Parameter[];
  /** Arrays that are not weights of the model. */
  constants: { name: string; shape: number[]; values: number[] }[];
  /** Shape without the batch: [channels, height, width], or [features]. */
  inputShape: number[];
  outputShape: number[];
}

/** A model that cannot be expressed in ONNX. */
export class OnnxError extends Error {
  override readonly name = "OnnxError";
}

/** A node without its input and output, which follow from the chain. */
type Step = Pick<OnnxNode, "op" | "attributes"> & { weights?: string[] };
type Pads = readonly [Side, Side];

const none: Pads = [
  [0, 0],
  [0, 0],
];

/**
 * The graph of a model whose layers form a chain, from "input" to "logits". Dropout is left out; zero padding becomes the pads of its
 * convolution.
 *
 * @param rescaling applied to the input before the first layer
 * @throws OnnxError when a layer or one of its settings has no counterpart
 */
export const graphOf = (model: tf.LayersModel, rescaling?: Rescaling): OnnxGraph => {
  checkChain(model);
  const initializers = parameters(model);
  const keys = new Set(initializers.map(({ key }) => key));
  const { nodes, constants } = rescalingNodes(rescaling);
  let value = nodes.at(-1)?.output ?? "input";
  let pads = none;
  for (const [i, layer] of model.layers.entries()) {
    if (layer.getClassName() === "ZeroPadding2D") {
      pads = added(pads, settings(layer).padding as Pads);
      continue;
    }
    if (pads !== none && layer.getClassName() !== "Conv2D") {
      throw new OnnxError(
        `exportOnnx: expected a Conv2D after ZeroPadding2D, got ${layer.getClassName()} "${layer.name}"`,
      );
    }
    const later = model.layers.slice(i + 1);
    for (const { op, attributes, weights = [] } of steps(layer, pads, later)) {
      const output = `${layer.name}/${op}`;
      const inputs = [value, ...weights.filter((key) => keys.has(key))];
      nodes.push({ op, name: output, inputs, output, attributes });
      value = output;
    }
    pads = none;
  }
  const last = nodes.at(-1);
  if (!last || pads !== none) {
    throw new OnnxError(`exportOnnx: expected ${model.name} to end in a layer that computes, got none`);
  }
  last.output = "logits";
  return {
    name: model.name,
    nodes,
    initializers,
    constants,
    inputShape: channelsFirst(model.inputs[0]!.shape),
    outputShape: channelsFirst(model.outputs[0]!.shape),
  };
};

/** input * scale + offset, each of the shape [1, channels, 1, 1]. */
const rescalingNodes = (rescaling: Rescaling | undefined): Pick<OnnxGraph, "nodes" | "constants"> => {
  if (!rescaling) return { nodes: [], constants: [] };
  const shape = [1, rescaling.scale.length, 1, 1];
  const node = (op: string, from: string, by: string): OnnxNode => ({
    op,
    name: `pixels/${op}`,
    inputs: [from, by],
    output: `pixels/${op}`,
    attributes: {},
  });
  return {
    nodes: [node("Mul", "input", "pixels.scale"), node("Add", "pixels/Mul", "pixels.offset")],
    constants: [
      { name: "pixels.scale", shape, values: rescaling.scale },
      { name: "pixels.offset", shape, values: rescaling.offset },
    ],
  };
};

/** Checks that each layer's output is the next one's only input. */
const checkChain = (model: tf.LayersModel) => {
  model.layers.forEach((layer, i) => {
    if (i > 0 && layer.input !== model.layers[i - 1]!.output) {
      throw new OnnxError(
        `exportOnnx: expected a chain of layers, got "${layer.name}", whose input is not the output of "${model.layers[i - 1]!.name}"`,
      );
    }
  });
};

const channelsFirst = (shape: tf.Shape): number[] => {
  const sizes = shape.slice(1).map((size) => {
    if (size !== null) return size;
    throw new OnnxError(`exportOnnx: expected a known image size, got [${shape}]`);
  });
  return sizes.length === 3 ? [sizes[2]!, sizes[0]!, sizes[1]!] : sizes;
};

const added = (a: Pads, b: Pads): Pads => [sum(a[0], b[0]), sum(a[1], b[1])];
const sum = (a: Side, b: Side): Side => [a[0] + b[0], a[1] + b[1]];

/** The entries of the layers' `getConfig` that are read here; tfjs types them as any JSON. */
interface Settings {
  activation: string;
  dataFormat: string;
  dilationRate: number[];
  kernelSize: [number, number];
  padding: "same" | "valid" | Pads;
  poolSize: [number, number];
  strides: [number, number];
}
const settings = (layer: tf.layers.Layer) => layer.getConfig() as unknown as Settings;

const steps = (layer: tf.layers.Layer, pads: Pads, later: readonly tf.layers.Layer[]): Step[] => {
  const type = layer.getClassName();
  const { activation, kernelSize, poolSize, dilationRate = [1, 1] } = settings(layer);
  const weights = [`${layer.name}.weight`, `${layer.name}.bias`];
  switch (type) {
    case "InputLayer":
    case "Dropout":
      return [];
    case "Conv2D": {
      if (dilationRate.some((rate) => rate !== 1)) throw unknown(layer, `dilation ${dilationRate}`);
      return [
        { op: "Conv", attributes: { kernel_shape: kernelSize, ...window(layer, kernelSize, pads) }, weights },
        ...activationStep(layer, activation),
      ];
    }
    case "Dense":
      if (rank(layer) !== 2) throw unknown(layer, "an input that is not flat");
      return [{ op: "Gemm", attributes: { transB: 1 }, weights }, ...activationStep(layer, activation)];
    case "MaxPooling2D":
      return [{ op: "MaxPool", attributes: { kernel_shape: poolSize, ...window(layer, poolSize, none) } }];
    case "AveragePooling2D":
      return [
        { op: "AveragePool", attributes: { kernel_shape: poolSize, ...window(layer, poolSize, none) } },
      ];
    case "GlobalAveragePooling2D":
      return [
        { op: "GlobalAveragePool", attributes: {} },
        { op: "Flatten", attributes: { axis: 1 } },
      ];
    case "Flatten": {
      // The next dense layer's weights are for a map flattened channels first. Without such a layer the order of the flattened values must be kept.
      const orderFits = rank(layer) !== 4 || later.some((next) => next.getClassName() === "Dense");
      const channelsLast: Step = { op: "Transpose", attributes: { perm: [0, 2, 3, 1] } };
      return [...(orderFits ? [] : [channelsLast]), { op: "Flatten", attributes: { axis: 1 } }];
    }
    case "Activation":
      return activationStep(layer, activation);
    default:
      throw unknown(layer, "no counterpart");
  }
};

const rank = (layer: tf.layers.Layer) => (layer.input as tf.SymbolicTensor).rank;

const activationOps: Record<string, string> = { relu: "Relu", sigmoid: "Sigmoid", tanh: "Tanh" };

const activationStep = (layer: tf.layers.Layer, activation: string): Step[] => {
  if (activation === "linear") return [];
  const op = activationOps[activation];
  if (!op) throw unknown(layer, `activation ${activation}`);
  return [{ op, attributes: {} }];
};

/** Strides and pads, [top, left, bottom, right]. tfjs's "same" depends on the image size, which is known here. */
const window = (layer: tf.layers.Layer, kernel: [number, number], zeros: Pads) => {
  const { strides, padding, dataFormat } = settings(layer);
  if (dataFormat === "channelsFirst") throw unknown(layer, "channelsFirst");
  const [, ...sizes] = (layer.input as tf.SymbolicTensor).shape;
  const side = (axis: 0 | 1): Side =>
    padding === "same" ? samePadding(sizes[axis]!, kernel[axis], strides[axis]) : [0, 0];
  const [[top, bottom], [left, right]] = added(zeros, [side(0), side(1)]);
  return { strides, pads: [top, left, bottom, right] };
};

const unknown = (layer: tf.layers.Layer, got: string) =>
  new OnnxError(
    `exportOnnx: expected layers that ONNX export knows, got ${layer.getClassName()} "${layer.name}" with ${got}`,
  );
