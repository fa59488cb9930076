// A graph of tf.layers as ONNX nodes, channels first as in PyTorch's exports.
import { type WiredLayer, wiring } from "@mlpconv/layers";
import { type LayerKind, layerKind } from "@mlpconv/layers/kinds";
import { stateArrays } from "@mlpconv/models";
import type { tf } from "@mlpconv/tensor";
import type { Rescaling } from "../config/raw-pixels.js";
import { foldable, type Initializer, initializersOf } from "./fold.js";
import { type Side, samePadding } from "./padding.js";

export interface OnnxNode {
  op: string;
  name: string;
  inputs: string[];
  output: string;
  /** Whole numbers, lists of them, or one number with a fraction. */
  attributes: Record<string, number | number[] | { float: number }>;
}

export interface OnnxGraph {
  name: string;
  nodes: OnnxNode[];
  /** Weights in PyTorch's layout, by their `state_dict` keys. */
  initializers: Initializer[];
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

/** A node without its input and output, which follow from the layers. */
type Step = Pick<OnnxNode, "op" | "attributes"> & { arrays?: boolean };
type Pads = readonly [Side, Side];

const none: Pads = [
  [0, 0],
  [0, 0],
];

/**
 * The graph of a model, from "input" to "logits". Dropout is left out; zero padding becomes the pads of its convolution or pooling.
 *
 * @param options.rescaling applied to the input before the first layer
 * @param options.foldBatchNorm whether batch normalisation becomes part of the convolution before it
 * @throws OnnxError when a layer or one of its settings has no counterpart
 */
export const graphOf = (
  model: tf.LayersModel,
  { rescaling, foldBatchNorm = false }: { rescaling?: Rescaling | undefined; foldBatchNorm?: boolean } = {},
): OnnxGraph => {
  const { nodes, constants } = rescalingNodes(rescaling);
  const layers = wiring(model);
  const folded = foldBatchNorm ? foldable(layers) : new Map<tf.layers.Layer, tf.layers.Layer>();
  const gone = new Set(folded.values());
  const initializers = initializersOf(stateArrays(model), folded);
  const wires = new Map(layers.map((wired) => [wired.layer, wired.inputs]));
  /** The value that holds a layer's output, and zeros that are still to be added around it. */
  const outputs = new Map<tf.layers.Layer, { value: string; pads: Pads }>();
  const input = { value: nodes.at(-1)?.output ?? "input", pads: none };
  for (const { layer, inputs } of layers) {
    const kind = layerKind(layer.getClassName());
    const sources = inputs.length === 0 ? [input] : inputs.map((source) => outputs.get(source)!);
    const { pads } = sources[0]!;
    if (gone.has(layer)) {
      outputs.set(layer, sources[0]!);
      continue;
    }
    if (kind.padsNext) {
      const padded = added(pads, settings(layer).padding as Pads);
      outputs.set(layer, { value: sources[0]!.value, pads: padded });
      continue;
    }
    const isPadded = sources.some((source) => source.pads !== none);
    if (isPadded && kind.family !== "convolution" && !(kind.winsWindows && isRectified(inputs[0]!, wires))) {
      throw new OnnxError(
        `exportOnnx: expected a Conv2D after ZeroPadding2D, or max pooling of values behind a ReLU, got ${layer.getClassName()} "${layer.name}"`,
      );
    }
    let values = sources.map(({ value }) => value);
    const later = layers.slice(layers.findIndex((wired) => wired.layer === layer) + 1);
    for (const { op, attributes, arrays } of steps(layer, kind, pads, later)) {
      const output = `${layer.name}/${op}`;
      const keys = arrays ? arraysOf(layer, kind, initializers) : [];
      nodes.push({ op, name: output, inputs: [...values, ...keys], output, attributes });
      values = [output];
    }
    outputs.set(layer, { value: values[0]!, pads: none });
  }
  const last = nodes.at(-1);
  if (!last || outputs.get(layers.at(-1)!.layer)!.pads !== none) {
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

/** Whether a layer gives no negative number, so that zeros around its output win no window that they should not. */
const isRectified = (
  layer: tf.layers.Layer,
  wires: ReadonlyMap<tf.layers.Layer, readonly tf.layers.Layer[]>,
): boolean => {
  const type = layer.getClassName();
  if (settings(layer).activation === "relu" || type === "ReLU") return true;
  const inputs = wires.get(layer) ?? [];
  const { keepsSign } = layerKind(type);
  return keepsSign === true && inputs.length > 0 && inputs.every((input) => isRectified(input, wires));
};

/** The keys of a layer's arrays, in their order. */
const arraysOf = ({ name }: tf.layers.Layer, { arrays = [] }: LayerKind, known: readonly Initializer[]) =>
  arrays.map((array) => `${name}.${array.name}`).filter((key) => known.some((each) => each.key === key));

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
  activation?: string;
  axis: number;
  dataFormat: string;
  dilationRate?: number[];
  epsilon: number;
  kernelSize: [number, number];
  padding: "same" | "valid" | Pads;
  poolSize: [number, number];
  strides: [number, number];
}
const settings = (layer: tf.layers.Layer) => layer.getConfig() as unknown as Settings;

const steps = (
  layer: tf.layers.Layer,
  { onnx, activationModule }: LayerKind,
  pads: Pads,
  later: readonly WiredLayer[],
): Step[] => {
  if (!onnx) throw unknown(layer, "no counterpart");
  const { activation = "linear" } = settings(layer);
  const own = onnx.flatMap(({ op, window: side, channelsLast, ...node }): Step[] => {
    const limit = limits[op]?.(layer);
    if (limit) throw unknown(layer, limit);
    const kernel = side && settings(layer)[side];
    const shape = kernel && { kernel_shape: kernel, ...window(layer, kernel, pads) };
    const attributes = { ...node.attributes, ...shape, ...measures[op]?.(layer) };
    return [...(channelsLast ? channelsLastStep(layer, later) : []), { ...node, op, attributes }];
  });
  return [...own, ...(activationModule || onnx.length === 0 ? activationStep(layer, activation) : [])];
};

/** What an operator cannot express of a layer's settings. */
const limits: Record<string, (layer: tf.layers.Layer) => string | undefined> = {
  Conv: (layer) => {
    const { dilationRate = [1, 1] } = settings(layer);
    return dilationRate.some((rate) => rate !== 1) ? `dilation ${dilationRate}` : undefined;
  },
  Gemm: (layer) => (rank(layer) === 2 ? undefined : "an input that is not flat"),
  Concat: (layer) => {
    const { axis } = settings(layer);
    return axis === -1 || axis === (layer.outputShape as tf.Shape).length - 1 ? undefined : `axis ${axis}`;
  },
};

/** Attributes that come from settings of their own. */
const measures: Record<string, (layer: tf.layers.Layer) => OnnxNode["attributes"]> = {
  BatchNormalization: (layer) => ({ epsilon: { float: settings(layer).epsilon } }),
};

/** The next dense layer's weights are for a map flattened channels first. Without such a layer the order of the flattened values must be kept. */
const channelsLastStep = (layer: tf.layers.Layer, later: readonly WiredLayer[]): Step[] => {
  const isDense = ({ arrays = [] }: LayerKind) => arrays.some(({ layout }) => layout === "matrix");
  const orderFits = rank(layer) !== 4 || later.some((next) => isDense(layerKind(next.layer.getClassName())));
  return orderFits ? [] : [{ op: "Transpose", attributes: { perm: [0, 2, 3, 1] } }];
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
