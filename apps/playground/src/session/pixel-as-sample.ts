// The first 1x1 convolution of a network beside a dense layer with the same weights, which is given the channels of one pixel as a sample.
import type { DatasetInfo } from "@mlpconv/datasets";
import { tf } from "@mlpconv/tensor";
import { inputsOf } from "./inputs.js";
import type { Network } from "./network.js";
import type { PixelAsSample } from "./session.js";

/** The first 1x1 convolution that has more than one channel to mix. */
const pointwiseOf = (model: tf.LayersModel): tf.layers.Layer | undefined =>
  model.layers.find((layer) => {
    if (layer.getClassName() !== "Conv2D") return false;
    const [height, width, inputs] = layer.getWeights()[0]!.shape;
    return height === 1 && width === 1 && inputs! > 1;
  });

/** @param at place of the pixel as shares of the image's width and height, 0 to below 1 */
export const pixelAsSample = async (
  { model, settings }: Network,
  data: DatasetInfo,
  pixels: Uint8Array,
  at: readonly [x: number, y: number],
): Promise<PixelAsSample | undefined> => {
  const layer = pointwiseOf(model);
  if (!layer) return undefined;
  const { activation, strides } = layer.getConfig() as { activation: string; strides: [number, number] };
  const both = tf.model({
    inputs: model.inputs,
    outputs: [layer.input as tf.SymbolicTensor, layer.output as tf.SymbolicTensor],
  });
  for await (const { x, y } of inputsOf(settings, data, pixels, 1)) {
    const [, height, width] = (layer.output as tf.SymbolicTensor).shape as [null, number, number, number];
    const [column, row] = [Math.floor(at[0] * width), Math.floor(at[1] * height)];
    const vectors = tf.tidy(() => {
      const [before, after] = both.apply(x, { training: false }) as [tf.Tensor4D, tf.Tensor4D];
      const channelsAt = (tensor: tf.Tensor4D, y: number, x: number) =>
        tf.slice4d(tensor, [0, y, x, 0], [1, 1, 1, -1]).reshape([1, -1]) as tf.Tensor2D;
      const [kernel, bias] = layer.getWeights() as [tf.Tensor4D, tf.Tensor1D?];
      // A dense layer: a matrix product on [samples, features], with one sample.
      const sample = channelsAt(before, row * strides[0], column * strides[1]);
      const product = tf.matMul(sample, kernel.reshape([kernel.shape[2], kernel.shape[3]]));
      const sum = bias ? tf.add(product, bias) : product;
      return [sample, activation === "relu" ? tf.relu(sum) : sum, channelsAt(after, row, column)];
    });
    tf.dispose([x, y]);
    const [inputs, dense, convolution] = await Promise.all(
      vectors.map(async (one) => [...(await one.data())]),
    );
    tf.dispose(vectors);
    return {
      ...{ layer: layer.name, grid: { width, height }, at: [column, row] },
      ...{ inputs: inputs!, dense: dense!, convolution: convolution! },
    };
  }
  return undefined;
};
