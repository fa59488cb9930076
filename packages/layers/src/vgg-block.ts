// The VGG block: 3x3 convolutions that keep the size, then pooling that halves it.

import type { Layer } from "./builtin.js";
import { positive } from "./check.js";
import { conv2d } from "./conv2d.js";
import { maxPool } from "./pool.js";

/**
 * `convs` 3x3 convolutions with ReLU, then 2x2 max pooling (Simonyan and Zisserman, 2014; d2l, "Networks Using Blocks").
 *
 * @throws RangeError when a size is not a whole number from 1 up
 */
export const vggBlock = (convs: number, filters: number): Layer[] => {
  positive("vggBlock", { convs, filters });
  return [
    ...Array.from({ length: convs }, () => conv2d(filters, { kernel: 3, padding: 1 })).flat(),
    ...maxPool(2),
  ];
};
