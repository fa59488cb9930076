// Zeros around an image, for windows whose padding tfjs's "same" and "valid" cannot express.
import { type tf, zeroPad } from "@mlpconv/tensor";
import { type Layer, only, StockZeroPadding2D } from "./builtin.js";
import { type CallOptions, leavesWork } from "./leave-work.js";

/** Zeros before a layer with windows, which pads by itself in training: a padded copy would be kept until the backward pass. */
export class ZeroPadding2D extends StockZeroPadding2D {
  declare readonly padding: [[number, number], [number, number]];
  /** The layer behind it. */
  reader: Layer | undefined;

  /** Pixels on each side that the layer behind it pads itself; undefined if this layer pads. */
  paddingLeft(options: CallOptions): number | undefined {
    return leavesWork(this, this.reader, options) ? this.padding[0][0] : undefined;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor {
    const x = only(inputs) as tf.Tensor4D;
    return this.paddingLeft(options) === undefined ? zeroPad(x, this.padding) : x;
  }
}

/** A layer with windows that can pad by itself. */
export interface Padded {
  /** The layer in front of it that may leave the padding to it. */
  padding2d: ZeroPadding2D | undefined;
}

/** A layer behind `zeros` zeros on each side. */
export const behindZeros = (zeros: number, layer: Layer & Padded): Layer[] => {
  const padding = new ZeroPadding2D({ padding: zeros });
  padding.reader = layer;
  layer.padding2d = padding;
  return [padding, layer];
};
