// Pooling: the largest or the mean value of each window, or the mean of each whole map.
import { tf } from "@mlpconv/tensor";
import { type Layer, StockAveragePooling2D, StockMaxPooling2D } from "./builtin.js";
import { CeilMaxPooling2D } from "./ceil-max-pooling.js";
import { fits, positive } from "./check.js";

class MaxPooling2D extends StockMaxPooling2D {
  override build(inputShape: tf.Shape | tf.Shape[]): void {
    fits("maxPool", this, inputShape);
    super.build(inputShape);
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
}

/**
 * The largest value of each window: [batch, h, w, c] to [batch, h', w', c], h' = floor((h - size) / stride) + 1; `ceil` rounds that quotient up.
 *
 * @throws RangeError when a size is not a whole number from 1 up
 */
export const maxPool = (size: number, { stride = size, ceil = false }: MaxPoolOptions = {}): Layer[] => {
  positive("maxPool", { size, stride });
  const options = { poolSize: size, strides: stride };
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
