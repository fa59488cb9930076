// The inception block of GoogLeNet: windows of several sizes over the same input, each behind a 1x1 convolution that reduces the channels first.
import { positive } from "./check.js";
import { conv2d } from "./conv2d.js";
import { type Joined, parallel } from "./joined.js";
import { maxPool } from "./pool.js";

/** Channels of the four branches; of a pair, the 1x1 convolution's and those of the window behind it. */
export interface InceptionChannels {
  /** Channels of the 1x1 convolution. */
  one: number;
  /** Channels of the branch with the 3x3 convolution. */
  three: readonly [reduced: number, channels: number];
  /** Channels of the branch with the 5x5 convolution. */
  five: readonly [reduced: number, channels: number];
  /** Channels of the 1x1 convolution behind the pooling. */
  pooled: number;
}

/**
 * 1x1; 1x1 then 3x3; 1x1 then 5x5; 3x3 max pooling then 1x1; side by side (Szegedy et al., 2014, arXiv:1409.4842; d2l, "Multi-Branch Networks
 * (GoogLeNet)", whose names the parts have): [batch, h, w, c] to [batch, h, w, one + three[1] + five[1] + pooled].
 *
 * @throws RangeError when a number of channels is not a whole number from 1 up
 */
export const inception = ({ one, three, five, pooled }: InceptionChannels): Joined => {
  positive("inception", {
    one,
    "three[0]": three[0],
    "three[1]": three[1],
    "five[0]": five[0],
    "five[1]": five[1],
    pooled,
  });
  return parallel([
    { b1_1: conv2d(one, { kernel: 1 }) },
    { b2_1: conv2d(three[0], { kernel: 1 }), b2_2: conv2d(three[1], { kernel: 3, padding: 1 }) },
    { b3_1: conv2d(five[0], { kernel: 1 }), b3_2: conv2d(five[1], { kernel: 5, padding: 2 }) },
    { b4_1: maxPool(3, { stride: 1, padding: 1 }), b4_2: conv2d(pooled, { kernel: 1 }) },
  ]);
};
