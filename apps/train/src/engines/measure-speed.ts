// How fast an engine trains a convolution: forward and both gradients, in under a second.
import { convBiasRelu, tf } from "@mlpconv/tensor";

const [side, channels, kernel] = [14, 32, 3];
const mostImages = 256;
const longEnough = 0.1;

/** Multiply-accumulates of a training step on one image: a forward pass and two gradients of the same size. */
const perImage = 3 * side * side * channels * channels * kernel * kernel;

/**
 * Thousand million multiply-accumulates a second of the current engine, over training steps of a 3x3 convolution (14x14 pixels,
 * 32 channels) in batches that grow until a step takes a tenth of a second.
 */
export const measureSpeed = async (): Promise<number> => {
  for (let images = 1; ; images *= 4) {
    // The first step of a shape also compiles.
    const cold = await step(images);
    const seconds = cold > longEnough * 2 ? cold : await step(images);
    if (seconds >= longEnough || images >= mostImages) return (images * perImage) / seconds / 1e9;
  }
};

const step = async (images: number): Promise<number> => {
  const x = tf.ones<tf.Rank.R4>([images, side, side, channels]);
  const filter = tf.fill<tf.Rank.R4>([kernel, kernel, channels, channels], 0.01);
  const bias = tf.zeros<tf.Rank.R1>([channels]);
  const gradients = tf.grads((x, filter, bias) =>
    tf.sum(convBiasRelu(x as tf.Tensor4D, filter as tf.Tensor4D, bias as tf.Tensor1D, { pad: "same" })),
  );
  const from = performance.now();
  const results = tf.tidy(() => gradients([x, filter, bias]));
  await Promise.all(results.map((result) => result.data()));
  const seconds = (performance.now() - from) / 1000;
  tf.dispose([x, filter, bias, ...results]);
  return seconds;
};
