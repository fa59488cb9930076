// The layer table: one row for each kind of layer, with what other parts need to know of it. What no row says of a kind is said nowhere else.
// Nothing here loads TensorFlow.js, so reports can read it.

/** A layer as a diagram shows it. */
export interface DrawnLayer {
  /** tfjs's class name. */
  kind: string;
  /** Shape without the batch. */
  outputShape: readonly number[];
  /** Side of the window. */
  kernel?: number | undefined;
  /** Pixels between windows. */
  stride?: number | undefined;
  /** Zeros on each side. */
  padding?: number | undefined;
  /** Its activation; absent if linear. */
  activation?: string | undefined;
  /** Rate of a dropout layer. */
  rate?: number | undefined;
}

/** An array of a layer, by its name in PyTorch. */
export interface LayerArray {
  /** The end of its key in `state_dict`, such as "weight". */
  name: string;
  /** tfjs's name of it. */
  weight: string;
  /** How it is laid out in PyTorch: "filter" is HWIO here and OIHW there, "matrix" [in, out] and [out, in], "vector" the same in both. */
  layout: "filter" | "matrix" | "vector";
  /** Whether it is state that training writes without a gradient, which PyTorch calls a buffer. Default false. */
  buffer?: boolean;
}

/** An ONNX node. Its window and activation are read from the layer's settings. */
export interface OnnxOperator {
  /** Its operator, such as "Conv". */
  op: string;
  /** The setting that holds its window. */
  window?: "kernelSize" | "poolSize";
  /** Whether the layer's arrays are its inputs too. */
  arrays?: boolean;
  /** Whether the order of its values depends on that of a map's axes, which is channels first in ONNX and channels last here. */
  channelsLast?: boolean;
  /** Attributes that are the same for every layer of the kind. */
  attributes?: Readonly<Record<string, number>>;
}

/** What is known of a kind of layer. */
export interface LayerKind {
  /** The modules in its place in an nn.Sequential. Empty: it belongs to the next layer's module. */
  modules: readonly string[];
  /** Whether its activation, if it has one, is a module of its own behind them. */
  activationModule?: boolean;
  /** Its arrays in the order of PyTorch's module. Without this list, a layer with weights cannot be saved under PyTorch's names. */
  arrays?: readonly LayerArray[];
  /**
   * Names of whole-number scalars that PyTorch's module has too and computes nothing with, such as a count of batches. They are 0 in files, and ignored in
   * others' files.
   */
  counters?: readonly string[];
  /** Whether each position of the output multiplies the whole first array once. */
  multiplies?: boolean;
  /** Whether it only adds zeros for the layer behind it, which are that layer's padding in PyTorch. */
  padsNext?: boolean;
  /** Whether it returns its input or changes it in place, so that its PyTorch counterpart keeps no copy. */
  inPlace?: boolean;
  /** Whether its windows give their largest value, so that padding by zeros is PyTorch's only if no value is negative. */
  winsWindows?: boolean;
  /** Whether it gives no negative number from inputs without one. */
  keepsSign?: boolean;
  /** Whether it is where a model's input enters. */
  isInput?: boolean;
  /** Its ONNX nodes; undefined where there is no counterpart. */
  onnx?: readonly OnnxOperator[];
  /** Words of its label in a diagram. */
  words?(layer: DrawnLayer): (string | number | false | undefined)[];
  /** What it does, for colours. */
  family: "convolution" | "dense" | "pooling" | "other";
  /** Whether its output shows nothing that its input does not. */
  unseen?: boolean;
}

const windowed = (what: string, { kernel }: DrawnLayer) =>
  kernel === undefined ? what : `${kernel}×${kernel} ${what}`;
const step = ({ stride }: DrawnLayer) => stride !== undefined && stride !== 1 && `stride ${stride}`;
const channels = ({ outputShape }: DrawnLayer) => outputShape.at(-1);

const bias: LayerArray = { name: "bias", weight: "bias", layout: "vector" };

const kinds: Readonly<Record<string, LayerKind>> = {
  InputLayer: { modules: [], isInput: true, inPlace: true, onnx: [], family: "other", unseen: true },
  ZeroPadding2D: {
    modules: [],
    padsNext: true,
    keepsSign: true,
    inPlace: true,
    family: "other",
    unseen: true,
  },
  Conv2D: {
    modules: ["Conv2d"],
    activationModule: true,
    arrays: [{ name: "weight", weight: "kernel", layout: "filter" }, bias],
    multiplies: true,
    onnx: [{ op: "Conv", window: "kernelSize", arrays: true }],
    words: (layer) => [
      windowed("conv", layer),
      channels(layer),
      step(layer),
      layer.padding !== undefined && layer.padding > 0 && `pad ${layer.padding}`,
    ],
    family: "convolution",
  },
  Dense: {
    modules: ["Linear"],
    activationModule: true,
    arrays: [{ name: "weight", weight: "kernel", layout: "matrix" }, bias],
    multiplies: true,
    onnx: [{ op: "Gemm", arrays: true, attributes: { transB: 1 } }],
    words: (layer) => ["dense", channels(layer)],
    family: "dense",
  },
  BatchNormalization: {
    modules: ["BatchNorm2d"],
    arrays: [
      { name: "weight", weight: "gamma", layout: "vector" },
      { name: "bias", weight: "beta", layout: "vector" },
      { name: "running_mean", weight: "moving_mean", layout: "vector", buffer: true },
      { name: "running_var", weight: "moving_variance", layout: "vector", buffer: true },
    ],
    // Read only by a BatchNorm2d without a momentum.
    counters: ["num_batches_tracked"],
    onnx: [{ op: "BatchNormalization", arrays: true }],
    words: () => ["batch norm"],
    family: "other",
  },
  MaxPooling2D: {
    modules: ["MaxPool2d"],
    winsWindows: true,
    keepsSign: true,
    onnx: [{ op: "MaxPool", window: "poolSize" }],
    words: (layer) => [windowed("max pool", layer), step(layer)],
    family: "pooling",
  },
  AveragePooling2D: {
    modules: ["AvgPool2d"],
    keepsSign: true,
    onnx: [{ op: "AveragePool", window: "poolSize" }],
    words: (layer) => [windowed("avg pool", layer), step(layer)],
    family: "pooling",
  },
  GlobalAveragePooling2D: {
    modules: ["AdaptiveAvgPool2d", "Flatten"],
    onnx: [{ op: "GlobalAveragePool" }, { op: "Flatten", attributes: { axis: 1 } }],
    words: () => ["global avg pool"],
    family: "pooling",
  },
  Flatten: {
    modules: ["Flatten"],
    inPlace: true,
    onnx: [{ op: "Flatten", attributes: { axis: 1 }, channelsLast: true }],
    words: () => ["flatten"],
    family: "other",
    unseen: true,
  },
  Reshape: { modules: ["Unflatten"], inPlace: true, family: "other" },
  Dropout: {
    modules: ["Dropout"],
    keepsSign: true,
    inPlace: true,
    onnx: [],
    words: ({ rate }) => [`dropout ${rate ?? ""}`.trim()],
    family: "other",
    unseen: true,
  },
  // PyTorch's modules are named after the function; there is one for each.
  Activation: {
    modules: ["ReLU"],
    inPlace: true,
    onnx: [],
    words: ({ activation }) => [activation ?? "linear"],
    family: "other",
  },
  ReLU: {
    modules: ["ReLU"],
    inPlace: true,
    onnx: [{ op: "Relu" }],
    words: () => ["relu"],
    family: "other",
  },
  // The sum is written over one of the two: `out += identity`.
  Add: {
    modules: [],
    keepsSign: true,
    inPlace: true,
    onnx: [{ op: "Sum" }],
    words: () => ["add"],
    family: "other",
  },
  Concatenate: {
    modules: [],
    keepsSign: true,
    onnx: [{ op: "Concat", attributes: { axis: 1 } }],
    words: (layer) => ["concatenate", channels(layer)],
    family: "other",
  },
};

/** A kind that the table does not have: an ordinary layer of which nothing else is known. */
const unknown: LayerKind = { modules: ["Module"], family: "other" };

/** The row of a kind of layer, by tfjs's class name; one without facts for a kind that is not in the table. */
export const layerKind = (className: string): LayerKind =>
  Object.hasOwn(kinds, className) ? kinds[className]! : unknown;

/** What a layer's weight is in PyTorch; undefined for one that the table does not have. */
export const arrayOf = (
  { arrays = [] }: LayerKind,
  weight: { readonly originalName: string },
): LayerArray | undefined => {
  const name = weight.originalName.split("/").at(-1);
  return arrays.find((array) => array.weight === name);
};
