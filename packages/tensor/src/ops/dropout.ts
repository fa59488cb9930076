// Dropout with a mask that depends only on (stream, block): the same mask on every engine and in every run.
import { runKernel } from "../fallbacks.js";
import type { Kernels } from "../kernels.js";
import type { Stream, StreamOptions } from "../random/stream.js";
import { wordsOfBlock } from "../random/threefry.js";
import { tf } from "../tf.js";
import { expectFloats } from "./floats.js";

/** The part of the stream from which the mask is drawn. */
export interface DropoutOptions extends StreamOptions {
  /** Index of the block's word for the first value, so that a part of a larger tensor gets its part of the mask. Default 0. */
  offset?: number;
}

/**
 * Sets a share of the values to zero and scales the rest by 1 / (1 - rate), so that the expected value is unchanged
 * (Srivastava et al., 2014). Differentiable.
 *
 * @param stream source of the mask; its `block` selects another mask, for example for each training step
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
