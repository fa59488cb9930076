// Dropout with a mask that is a pure function of (stream, block): any engine, any number of runs, the same mask.
import { runKernel } from "../fallbacks.js";
import type { Kernels } from "../kernels.js";
import type { Stream, StreamOptions } from "../random/stream.js";
import { tf } from "../tf.js";
import { expectFloats } from "./floats.js";

/**
 * Sets a share of the numbers to zero and scales the rest by 1 / (1 - rate), so that the expected value stays what it was
 * (Srivastava et al., 2014). Differentiable.
 *
 * @param stream draws the mask; its `block` picks another mask, for example for each training step
 * @throws RangeError unless 0 <= rate < 1
 */
export const dropout = <T extends tf.Tensor>(
  x: T,
  rate: number,
  { key }: Stream,
  { block = 0 }: StreamOptions = {},
): T => {
  if (!(rate >= 0 && rate < 1))
    throw new RangeError(`dropout: expected rate from 0 up to, not including, 1, got ${rate}`);
  expectFloats("dropout", { x });
  return runKernel("Dropout", { x }, { rate, key, block }) as T;
};

tf.registerGradient({
  kernelName: "Dropout",
  gradFunc: (dy, _, attributes) => ({
    x: () =>
      runKernel("Dropout", { x: dy as tf.Tensor }, attributes as unknown as Kernels["Dropout"]["attributes"]),
  }),
});
