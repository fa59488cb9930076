// The VGG block: 3x3 convolutions that keep the size, then pooling that halves it.

import { batchNorm } from "./batch-norm.js";
import type { Layer } from "./builtin.js";
import { positive } from "./check.js";
import { conv2d } from "./conv2d.js";
import { maxPool } from "./pool.js";

/** Options of `vggBlock`. */
export interface VggBlockOptions {
  /** Batch normalisation between each convolution, which keeps its bias as in torchvision's `vgg11_bn`, and its ReLU. Default false. */
  batchNorm?: boolean | undefined;
}

/**
 * `convs` 3x3 convolutions with ReLU, then 2x2 max pooling (Simonyan and Zisserman, 2014; d2l, "Networks Using Blocks").
 *
 * @throws RangeError when a size is not a whole number from 1 up
 */
export const vggBlock = (
  convs: number,
  filters: number,
  { batchNorm: normalised = false }: VggBlockOptions = {},
): Layer[] => {
  positive("vggBlock", { convs, filters });
  const window = { kernel: 3, padding: 1 };
  return [
    ...Array.from({ length: convs }, () =>
      normalised
        ? [...conv2d(filters, { ...window, activation: "linear" }), ...batchNorm({ activation: "relu" })]
        : conv2d(filters, window),
    ).flat(),
    ...maxPool(2),
  ];
};
