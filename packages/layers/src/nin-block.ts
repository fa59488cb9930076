// The NiN block, which the paper calls mlpconv: a small multilayer perceptron that slides over the image.

import { batchNorm } from "./batch-norm.js";
import type { Layer } from "./builtin.js";
import { positive } from "./check.js";
import { type Activation, type Conv2dOptions, conv2d } from "./conv2d.js";

/** The window of a NiN block's first convolution, and the 1x1 convolutions after it. */
export interface NinBlockOptions extends Omit<Conv2dOptions, "activation"> {
  /** How many 1x1 convolutions follow the first, when `filters` is one number. Default 2. */
  pointwise?: number | undefined;
  /** Activation after the last convolution. Default "relu". */
  lastActivation?: Activation;
  /**
   * Batch normalisation between each convolution, which then has no bias, and its ReLU. "but last" leaves the last convolution as it is, for a block whose
   * maps are the classes'. Default "none".
   */
  batchNorm?: "none" | "all" | "but last";
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
  { pointwise = 2, lastActivation = "relu", batchNorm: normalised = "none", ...window }: NinBlockOptions,
): Layer[] => {
  if (!Number.isInteger(pointwise) || pointwise < 0)
    throw new RangeError(`ninBlock: expected pointwise to be a whole number from 0 up, got ${pointwise}`);
  const channels = typeof filters === "number" ? Array<number>(pointwise + 1).fill(filters) : filters;
  positive("ninBlock", Object.fromEntries(channels.map((count, i) => [`filters[${i}]`, count])));
  return channels.flatMap((count, i) => {
    const isLast = i === channels.length - 1;
    const activation = isLast ? lastActivation : "relu";
    const options = i === 0 ? window : { kernel: 1 };
    if (normalised === "none" || (isLast && normalised === "but last"))
      return conv2d(count, { ...options, activation });
    if (activation === "sigmoid")
      throw new RangeError("ninBlock: expected relu or linear behind batch normalisation, got sigmoid");
    return [
      ...conv2d(count, { ...options, activation: "linear", bias: false }),
      ...batchNorm({ activation }),
    ];
  });
};
