// VGG: blocks of 3x3 convolutions. The number of convolutions in each block gives the depth.
import { dense, dropout, flatten, sequential, vggBlock } from "@mlpconv/layers";
import type { tf } from "@mlpconv/tensor";
import {
  type BatchNormOption,
  checkClasses,
  divideBy,
  type ModelOptions,
  type RatioOption,
} from "./options.js";

/** Convolutions in each of the five blocks; with the three dense layers they add up to the depth (the paper's A, B, D, E). */
const convs = {
  11: [1, 1, 2, 2, 2],
  13: [2, 2, 2, 2, 2],
  16: [2, 2, 3, 3, 3],
  19: [2, 2, 4, 4, 4],
} as const;

/** Number of layers with weights: 11 in VGG-11. */
export type VggDepth = keyof typeof convs;

/** Options of `vgg`. */
export interface VggOptions extends ModelOptions, RatioOption, BatchNormOption {
  /** Layers with weights. Default 11. */
  depth?: VggDepth | undefined;
}

/**
 * VGG (Simonyan and Zisserman, 2014; d2l, "Networks Using Blocks (VGG)", which trains depth 11 with ratio 4: 43,093,322 parameters).
 * `batchNorm` gives torchvision's `vgg11_bn` and so on: the same arrays in the same order, here named by blocks (`0.0` is its `features.0`); its `state_dict`s load.
 * Images must be at least 32 pixels wide and high.
 *
 * @throws InputSizeError when the image is too small; RangeError when an option is out of range
 */
export const vgg = ({
  depth = 11,
  inputShape = [224, 224, 1],
  classes = 10,
  dropout: rate = 0.5,
  ratio = 1,
  batchNorm = false,
  seed,
  init,
}: VggOptions = {}): tf.LayersModel => {
  const name = `vgg${depth}`;
  const n = convsOf(depth);
  checkClasses(name, classes);
  const c = divideBy(name, ratio);
  const block = (convs: number, filters: number) => vggBlock(convs, c(filters), { batchNorm });
  return sequential({ name, inputShape, seed, init }, [
    block(n[0], 64), //                    112 x 112 x  64
    block(n[1], 128), //                    56 x  56 x 128
    block(n[2], 256), //                    28 x  28 x 256
    block(n[3], 512), //                    14 x  14 x 512
    block(n[4], 512), //                     7 x   7 x 512
    flatten(), //                           25088
    dense(4096, { activation: "relu" }), // 4096
    dropout(rate),
    dense(4096, { activation: "relu" }), // 4096
    dropout(rate),
    dense(classes), //                      classes
  ]);
};

const convsOf = (depth: VggDepth) => {
  if (depth in convs) return convs[depth];
  throw new RangeError(`vgg: expected depth to be one of ${Object.keys(convs).join(", ")}, got ${depth}`);
};
