// Zeros around an image, for windows whose padding tfjs's "same" and "valid" cannot express.
import { type tf, zeroPad } from "@mlpconv/tensor";
import { type Layer, only, StockZeroPadding2D } from "./builtin.js";

class ZeroPadding2D extends StockZeroPadding2D {
  declare readonly padding: [[number, number], [number, number]];

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return zeroPad(only(inputs) as tf.Tensor4D, this.padding);
  }
}

/** [batch, h, w, c] to [batch, h + 2 zeros, w + 2 zeros, c]. */
export const zeroPadding = (zeros: number): Layer => new ZeroPadding2D({ padding: zeros });
