// The NiN block, which the paper calls mlpconv: a small multilayer perceptron that slides over the image.
import { positive } from "./check.js";
import { type Activation, type Conv2dOptions, conv2d } from "./conv2d.js";
import type { Layer } from "./stock.js";

export interface NinBlockOptions extends Omit<Conv2dOptions, "activation"> {
  /** After the third convolution. Default "relu". */
  lastActivation?: Activation;
}

/**
 * A convolution and two 1x1 convolutions, each with ReLU: the 1x1 ones are dense layers over the channels at every pixel
 * (Lin et al., 2013, section 3.1; d2l, "Network in Network").
 *
 * @param filters channels of all three, or of each
 * @throws RangeError when a number is not a whole one in range
 */
export const ninBlock = (
  filters: number | readonly [number, number, number],
  { lastActivation = "relu", ...window }: NinBlockOptions,
): Layer[] => {
  const [first, second, third] = typeof filters === "number" ? [filters, filters, filters] : filters;
  positive("ninBlock", { "first filters": first, "second filters": second, "third filters": third });
  return [
    ...conv2d(first, window),
    ...conv2d(second, { kernel: 1 }),
    ...conv2d(third, { kernel: 1, activation: lastActivation }),
  ];
};
