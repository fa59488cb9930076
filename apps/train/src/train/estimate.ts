// How long a run will take, from one forward pass: rough, but said before the wait and not after.
import { tf } from "@mlpconv/tensor";

const mostImages = 64;
const longEnough = 0.1;
const tooLong = 3;

/** Seconds that the current engine takes for a forward pass of one image, in batches that grow until one takes a tenth of a second. */
export const secondsPerPass = async (model: tf.LayersModel): Promise<number> => {
  // The first pass also moves weights and compiles kernels, so it counts only where a second one would keep people waiting.
  const cold = await forward(model, 1);
  if (cold > tooLong) return cold;
  for (let images = 1; ; images *= 4) {
    // The better of two: the first of a size may still be compiling, or be disturbed.
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
