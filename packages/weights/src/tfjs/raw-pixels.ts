// Adds a normalising layer to the files of a saved tfjs model; the model in memory is not changed.
import type { tf } from "@mlpconv/tensor";
import type { PretrainedConfig } from "../config/config.js";
import { rawPixels, rescalingOf } from "../config/raw-pixels.js";

type Artifacts = Omit<tf.io.ModelArtifacts, "weightData"> & { weightData: ArrayBuffer };

/** A layer in Keras's JSON format. */
interface LayerJson {
  class_name: string;
  /** Present in functional models only. */
  name?: string;
  config: Record<string, unknown>;
  inbound_nodes?: unknown[];
}

interface Topology {
  class_name: string;
  config: { name: string; layers: LayerJson[] };
}

/** Name of the added layers; the model's own layers are named by PyTorch's paths. */
const RESCALING = "pixels";
const CHANNELS = "pixels.channels";

/**
 * The files of a model that takes pixels 0-255 and normalises them itself with tfjs's own layers: `Rescaling`, which also takes int32, and, where
 * channels differ, a depthwise 1x1 convolution. The config is stored as the model's `userDefinedMetadata`.
 *
 * @throws Error when the model has several inputs
 */
export const withRawPixels = (artifacts: Artifacts, config: PretrainedConfig): Artifacts => {
  const { scale, offset } = rescalingOf(config);
  const alike = scale.every((each, i) => each === scale[0] && offset[i] === offset[0]);
  const rescaling: LayerJson = {
    class_name: "Rescaling",
    config: {
      name: RESCALING,
      trainable: false,
      dtype: "float32",
      ...(alike ? { scale: scale[0], offset: offset[0] } : { scale: 1 / 255, offset: 0 }),
    },
  };
  const front = alike ? [rescaling] : [rescaling, perChannel()];
  const values = alike ? [] : [scale.map((each) => each * 255), offset];
  const channels = scale.length;
  const specs: tf.io.WeightsManifestEntry[] = [
    { name: `${CHANNELS}/depthwise_kernel`, shape: [1, 1, channels, 1], dtype: "float32" },
    { name: `${CHANNELS}/bias`, shape: [channels], dtype: "float32" },
  ];
  return {
    ...artifacts,
    modelTopology: withFront(artifacts.modelTopology as unknown as Topology, front),
    weightData: joined(artifacts.weightData, values),
    weightSpecs: [...(artifacts.weightSpecs ?? []), ...(alike ? [] : specs)],
    userDefinedMetadata: rawPixels(config) as unknown as Record<string, object>,
  };
};

const perChannel = (): LayerJson => ({
  class_name: "DepthwiseConv2D",
  config: {
    name: CHANNELS,
    trainable: false,
    dtype: "float32",
    kernel_size: [1, 1],
    strides: [1, 1],
    padding: "valid",
    data_format: "channels_last",
    depth_multiplier: 1,
    activation: "linear",
    use_bias: true,
    depthwise_initializer: { class_name: "Zeros", config: {} },
    bias_initializer: { class_name: "Zeros", config: {} },
  },
});

/** The topology with the new layers after its input. */
const withFront = (topology: Topology, front: LayerJson[]): object => {
  const { layers } = topology.config;
  const changed = topology.class_name === "Sequential" ? inChain(layers, front) : inGraph(layers, front);
  return { ...topology, config: { ...topology.config, layers: changed } };
};

/** Puts the layers in front of a sequential model, whose input shape is in its first layer's config. */
const inChain = (layers: LayerJson[], front: LayerJson[]): LayerJson[] => {
  const [first, ...rest] = layers;
  if (!first) throw new Error("saveModel: expected a model with layers, got none");
  if (first.class_name === "InputLayer") return [first, ...front, ...rest];
  const { batch_input_shape, ...config } = first.config;
  const [head, ...tail] = front;
  return [
    { ...head!, config: { ...head!.config, batch_input_shape } },
    ...tail,
    { ...first, config },
    ...rest,
  ];
};

/** Puts the layers in front of a functional model: every layer that read the input now reads the last new layer. */
const inGraph = (layers: LayerJson[], front: LayerJson[]): LayerJson[] => {
  const inputs = layers.filter(({ class_name }) => class_name === "InputLayer");
  if (inputs.length !== 1)
    throw new Error(
      `saveModel: expected a model with one input, got ${inputs.length}; save it without config`,
    );
  const input = inputs[0]!;
  const names = [input.name!, ...front.map(({ config }) => config.name as string)];
  const added = front.map((layer, i) => ({
    ...layer,
    name: names[i + 1]!,
    inbound_nodes: [[[names[i], 0, 0, {}]]],
  }));
  const redirected = (node: unknown): unknown => {
    if (!Array.isArray(node)) return node;
    if (node[0] === input.name && typeof node[1] === "number") return [names.at(-1), ...node.slice(1)];
    return node.map(redirected);
  };
  return layers.flatMap((layer) => {
    const changed = { ...layer, inbound_nodes: (layer.inbound_nodes ?? []).map(redirected) };
    return layer === input ? [layer, ...added] : [changed];
  });
};

/** The weights' bytes followed by further values. */
const joined = (before: ArrayBuffer, values: number[][]): ArrayBuffer => {
  const added = new Uint8Array(Float32Array.from(values.flat()).buffer);
  const bytes = new Uint8Array(before.byteLength + added.length);
  bytes.set(new Uint8Array(before));
  bytes.set(added, before.byteLength);
  return bytes.buffer;
};
