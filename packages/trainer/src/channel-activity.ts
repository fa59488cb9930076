// How many images activate each channel that ends in a ReLU. A channel that none activates is dead: it gets no gradient either.
import type { Loader } from "@mlpconv/datasets";
import { tf } from "@mlpconv/tensor";

/** Activity of the channels of one layer. */
export interface LayerActivity {
  /** The layer's name. */
  layer: string;
  /** Number of images on which a channel is above zero at some pixel, by channel. */
  active: Int32Array;
}

/** Counts of images by layer and channel. */
export interface ChannelActivity {
  /** The layers with a ReLU, in order. */
  layers: LayerActivity[];
  /** Number of images. */
  images: number;
}

const hasRelu = (layer: tf.layers.Layer): boolean =>
  layer.getConfig().activation === "relu" || layer.getClassName() === "ReLU";

/** Counts, for each channel of the model that ends in a ReLU, on how many of the loader's images it is above zero at some pixel. */
export const channelActivity = async (model: tf.LayersModel, loader: Loader): Promise<ChannelActivity> => {
  const rectified = model.layers.filter(hasRelu);
  const layers = rectified.map(
    ({ name, outputShape }): LayerActivity => ({
      layer: name,
      active: new Int32Array((outputShape as tf.Shape).at(-1)!),
    }),
  );
  let images = 0;
  if (rectified.length === 0) return { layers, images };
  const outputs = rectified.map(({ output }) => output as tf.SymbolicTensor);
  const maps = tf.model({ inputs: model.inputs, outputs });
  for await (const { x, y } of loader) {
    images += y.shape[0];
    const counts = tf.tidy(() =>
      [maps.apply(x, { training: false })].flat().map((output) => {
        const values = output as tf.Tensor;
        const highest = values.rank === 4 ? values.max([1, 2]) : values;
        return tf.sum(highest.greater(0).cast("int32"), 0);
      }),
    );
    tf.dispose([x, y]);
    const found = await Promise.all(counts.map((tensor) => tensor.data()));
    tf.dispose(counts);
    for (const [i, { active }] of layers.entries())
      for (let channel = 0; channel < active.length; channel++) active[channel]! += found[i]![channel]!;
  }
  return { layers, images };
};
