// The NiN block, which the paper calls mlpconv: a small multilayer perceptron that slides over the image.

import type { Layer } from "./builtin.js";
import { positive } from "./check.js";
import { type Activation, type Conv2dOptions, conv2d } from "./conv2d.js";

/** The window of a NiN block's first convolution, and the 1x1 convolutions after it. */
export interface NinBlockOptions extends Omit<Conv2dOptions, "activation"> {
  /** How many 1x1 convolutions follow the first, when `filters` is one number. Default 2. */
  pointwise?: number | undefined;
  /** Activation after the last convolution. Default "relu". */
  lastActivation?: Activation;
}

/**
 * A convolution followed by 1x1 convolutions (two in the paper), each with ReLU. The 1x1 ones are dense layers over the channels at every
 * pixel (Lin et al., 2013, section 3.1; d2l, "Network in Network").
 *
 * @param filters channels of all convolutions, or a list: those of the first and of each 1x1 convolution
 * @throws RangeError when a size is not a whole number in range
 */
export const ninBlock = (
  filters: number | readonly [number, ...number[]],
  { pointwise = 2, lastActivation = "relu", ...window }: NinBlockOptions,
): Layer[] => {
  if (!Number.isInteger(pointwise) || pointwise < 0)
    throw new RangeError(`ninBlock: expected pointwise to be a whole number from 0 up, got ${pointwise}`);
  const channels = typeof filters === "number" ? Array<number>(pointwise + 1).fill(filters) : filters;
  positive("ninBlock", Object.fromEntries(channels.map((count, i) => [`filters[${i}]`, count])));
  return channels.flatMap((count, i) =>
    conv2d(count, {
      ...(i === 0 ? window : { kernel: 1 }),
      activation: i === channels.length - 1 ? lastActivation : "relu",
    }),
  );
};
