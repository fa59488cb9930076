// Pooling: the largest or the mean value of each window, or the mean of each whole map.
import { tf } from "@mlpconv/tensor";
import { type Layer, only, StockAveragePooling2D, StockMaxPooling2D } from "./builtin.js";
import { CeilMaxPooling2D } from "./ceil-max-pooling.js";
import { fits, positive } from "./check.js";
import type { CallOptions } from "./leave-work.js";
import { behindZeros, type Padded, type ZeroPadding2D } from "./zero-padding.js";

class MaxPooling2D extends StockMaxPooling2D implements Padded {
  declare readonly poolSize: [number, number];
  declare readonly strides: [number, number];
  padding2d: ZeroPadding2D | undefined;

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    fits("maxPool", this, inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor | tf.Tensor[] {
    const pad = this.padding2d?.paddingLeft(options);
    if (pad === undefined) return super.call(inputs, options);
    // Padding is never the maximum here; nor are zeros among values of 0 and above.
    return tf.maxPool(only(inputs) as tf.Tensor4D, this.poolSize, this.strides, pad, "floor");
  }
}

class AveragePooling2D extends StockAveragePooling2D {
  override build(inputShape: tf.Shape | tf.Shape[]): void {
    fits("avgPool", this, inputShape);
    super.build(inputShape);
  }
}

/** Options of `avgPool`. */
export interface PoolOptions {
  /** Pixels between windows. Default: the window's side, so that windows do not overlap. */
  stride?: number;
}

/** Options of `maxPool`. */
export interface MaxPoolOptions extends PoolOptions {
  /** Keep the last window that extends past the edge (PyTorch's `ceil_mode`), as the NiN authors' own networks do. Default false. */
  ceil?: boolean;
  /**
   * Pixels around the image that win no window, as PyTorch's `padding`. With a stride they are zeros, so the input must not be negative: put it behind a
   * ReLU. Default 0.
   */
  padding?: number;
}

/**
 * The largest value of each window: [batch, h, w, c] to [batch, h', w', c], h' = floor((h + 2 padding - size) / stride) + 1; `ceil` rounds that
 * quotient up.
 *
 * @throws RangeError when a size is not a whole number from 1 up, or the padding is more than half the window or stands beside `ceil`
 */
export const maxPool = (
  size: number,
  { stride = size, ceil = false, padding = 0 }: MaxPoolOptions = {},
): Layer[] => {
  positive("maxPool", { size, stride });
  if (!Number.isInteger(padding) || padding < 0 || 2 * padding > size || (ceil && padding > 0)) {
    throw new RangeError(
      `maxPool: expected padding to be a whole number from 0 to half of the window's ${size}, and 0 with ceil, got ${padding}`,
    );
  }
  const options = { poolSize: size, strides: stride };
  if (padding > 0) {
    // tfjs's "same" pads as PyTorch does for stride 1 alone.
    if (stride === 1 && size === 2 * padding + 1) return [new MaxPooling2D({ ...options, padding: "same" })];
    return behindZeros(padding, new MaxPooling2D({ ...options, padding: "valid" }));
  }
  return [ceil ? new CeilMaxPooling2D(options) : new MaxPooling2D({ ...options, padding: "valid" })];
};

/**
 * The mean of each window; shapes as for `maxPool`.
 *
 * @throws RangeError when a size is not a whole number from 1 up
 */
export const avgPool = (size: number, { stride = size }: PoolOptions = {}): Layer[] => {
  positive("avgPool", { size, stride });
  return [new AveragePooling2D({ poolSize: size, strides: stride, padding: "valid" })];
};

/** The mean of each map, [batch, h, w, c] to [batch, c]. With one map for each class, these are the logits (NiN, section 3.2). */
export const globalAvgPool = (): Layer[] => [tf.layers.globalAveragePooling2d({})];
