// Dropout with a mask that is a pure function of (stream, block): any engine, any number of runs, the same mask.
import { runKernel } from "../fallbacks.js";
import type { Kernels } from "../kernels.js";
import type { Stream, StreamOptions } from "../random/stream.js";
import { wordsOfBlock } from "../random/threefry.js";
import { tf } from "../tf.js";
import { expectFloats } from "./floats.js";

/** Which part of the stream draws a mask. */
export interface DropoutOptions extends StreamOptions {
  /** Number of the block's word that decides over the first value: a part of a larger tensor gets its part of the mask. Default 0. */
  offset?: number;
}

/**
 * Sets a share of the numbers to zero and scales the rest by 1 / (1 - rate), so that the expected value stays what it was
 * (Srivastava et al., 2014). Differentiable.
 *
 * @param stream draws the mask; its `block` picks another mask, for example for each training step
 * @throws RangeError unless 0 <= rate < 1 and offset is a whole number from 0 up, below the block's end
 */
export const dropout = <T extends tf.Tensor>(
  x: T,
  rate: number,
  { key }: Stream,
  { block = 0, offset = 0 }: DropoutOptions = {},
): T => {
  if (!(rate >= 0 && rate < 1))
    throw new RangeError(`dropout: expected rate from 0 up to, not including, 1, got ${rate}`);
  if (!Number.isInteger(offset) || offset < 0 || offset + x.size > wordsOfBlock)
    throw new RangeError(
      `dropout: expected offset to be a whole number from 0 to ${wordsOfBlock - x.size}, got ${offset}`,
    );
  expectFloats("dropout", { x });
  return runKernel("Dropout", { x }, { rate, key, block, offset }) as T;
};

tf.registerGradient({
  kernelName: "Dropout",
  gradFunc: (dy, _, attributes) => ({
    x: () =>
      runKernel("Dropout", { x: dy as tf.Tensor }, attributes as unknown as Kernels["Dropout"]["attributes"]),
  }),
});
