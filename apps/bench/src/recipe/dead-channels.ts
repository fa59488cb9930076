// Channels that a trained net has lost: behind a ReLU, and above zero at no pixel of any image.
import type { Loader } from "@mlpconv/datasets";
import { tf } from "@mlpconv/tensor";

export interface DeadChannels {
  /** Maps of classes, where these end in a ReLU: their classes' logits are always 0. */
  classes: number;
  /** Channels of all other convolutions with a ReLU. */
  hidden: number;
  /** How many of those there are. */
  hiddenChannels: number;
}

export const deadChannels = async (model: tf.LayersModel, images: Loader): Promise<DeadChannels> => {
  const rectified = model.layers.filter(
    (layer) => layer.getClassName() === "Conv2D" && layer.getConfig().activation === "relu",
  );
  // LeNet has sigmoids, which do not die.
  if (rectified.length === 0) return { classes: 0, hidden: 0, hiddenChannels: 0 };
  const maps = tf.model({
    inputs: model.inputs,
    outputs: rectified.map(({ output }) => output as tf.SymbolicTensor),
  });
  let highest = rectified.map(({ outputShape }) => tf.zeros([outputShape.at(-1) as number]));
  for await (const { x, y } of images) {
    const before = highest;
    highest = tf.tidy(() => {
      const outputs = [maps.apply(x, { training: false })].flat() as tf.Tensor4D[];
      return outputs.map((output, i) => tf.maximum(before[i]!, output.max([0, 1, 2])));
    });
    tf.dispose([x, y, before]);
  }
  const dead = await Promise.all(
    highest.map(async (channels) => (await channels.data()).filter((value) => !(value > 0)).length),
  );
  const count = highest.map(({ size }) => size);
  tf.dispose(highest);
  const endsInMaps = model.layers.at(-1)!.getClassName() === "GlobalAveragePooling2D";
  const classMaps = endsInMaps && rectified.at(-1) === model.layers.at(-2) ? dead.length - 1 : dead.length;
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return {
    classes: sum(dead.slice(classMaps)),
    hidden: sum(dead.slice(0, classMaps)),
    hiddenChannels: sum(count.slice(0, classMaps)),
  };
};
