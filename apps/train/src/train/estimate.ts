// Estimates the duration of a run roughly, from forward passes before training.
import { tf } from "@mlpconv/tensor";

const mostImages = 64;
const longEnough = 0.1;
const tooLong = 3;

/** Seconds of a forward pass for one image on the current engine, in batches that grow until one takes a tenth of a second. */
export const secondsPerPass = async (model: tf.LayersModel): Promise<number> => {
  // The first pass also uploads weights and compiles kernels, so it counts only if a second one would take too long.
  const cold = await forward(model, 1);
  if (cold > tooLong) return cold;
  for (let images = 1; ; images *= 4) {
    // The faster of two passes, because the first one of a size may include compiling, and either may be disturbed.
    const seconds = Math.min(await forward(model, images), await forward(model, images));
    if (seconds >= longEnough || images >= mostImages) return seconds / images;
  }
};

const forward = async (model: tf.LayersModel, batch: number): Promise<number> => {
  const from = performance.now();
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  const logits = tf.tidy(() => model.apply(tf.zeros([batch, ...shape]), { training: false }) as tf.Tensor);
  await logits.data();
  logits.dispose();
  return (performance.now() - from) / 1000;
};
