// What each layer gives for an image.
import type { DatasetInfo } from "@mlpconv/datasets";
import { wiring } from "@mlpconv/layers";
import { layerKind } from "@mlpconv/layers/kinds";
import { tf } from "@mlpconv/tensor";
import { channelOf } from "./grids.js";
import { inputsOf } from "./inputs.js";
import type { Network } from "./network.js";
import type { LayerOutput } from "./session.js";

/** Channels that are copied of a layer. */
const mostChannels = 64;

export const layerOutputs = async (
  { model, settings }: Network,
  data: DatasetInfo,
  pixels: Uint8Array,
): Promise<LayerOutput[]> => {
  const layers = wiring(model).flatMap(({ layer }) =>
    layerKind(layer.getClassName()).unseen ? [] : [layer],
  );
  const outputs = layers.map(({ output }) => output as tf.SymbolicTensor);
  const all = tf.model({ inputs: model.inputs, outputs });
  const found: LayerOutput[] = [];
  for await (const { x, y } of inputsOf(settings, data, pixels, 1)) {
    const values = tf.tidy(() => [all.apply(x, { training: false })].flat() as tf.Tensor[]);
    tf.dispose([x, y]);
    try {
      for (const [i, { name }] of layers.entries()) found.push(await outputOf(name, values[i]!));
    } finally {
      tf.dispose(values);
    }
  }
  return found;
};

const outputOf = async (layer: string, tensor: tf.Tensor): Promise<LayerOutput> => {
  const values = Float32Array.from(await tensor.data());
  const [, ...shape] = tensor.shape;
  const of = shape.at(-1)!;
  if (shape.length !== 3) return { layer, channels: [{ width: of, height: 1, values }], of };
  const [height, width] = shape as [number, number, number];
  const count = Math.min(of, mostChannels);
  const channels = Array.from({ length: count }, (_, c) => channelOf(values, [height, width, of], c));
  return { layer, channels, of };
};
