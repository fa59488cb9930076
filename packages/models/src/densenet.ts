// DenseNet: each convolution reads all that those before it in its block have made, side by side.
import {
  avgPool,
  batchNorm,
  conv2d,
  dense,
  globalAvgPool,
  type Layer,
  maxPool,
  type Part,
  parallel,
  sequential,
} from "@mlpconv/layers";
import type { tf } from "@mlpconv/tensor";
import { checkClasses, type ModelOptions } from "./options.js";

/** Options of `densenet`, which has no dropout. */
export type DensenetOptions = Omit<ModelOptions, "dropout">;

/**
 * DenseNet (Huang et al., 2016, arXiv:1608.06993) as in d2l, "Densely Connected Networks (DenseNet)": four blocks of four convolutions, each of 32
 * channels. 758,226 parameters. Images of at least 29 pixels.
 *
 * @throws InputSizeError when the image is too small; RangeError when an option is out of range
 */
export const densenet = ({
  inputShape = [96, 96, 1],
  classes = 10,
  seed,
  init,
}: DensenetOptions = {}): tf.LayersModel => {
  checkClasses("densenet", classes);
  return sequential(
    { name: "densenet", inputShape, seed, init },
    {
      "0": [
        ...conv2d(64, { kernel: 7, stride: 2, padding: 3, activation: "linear" }), // 48 x 48 x  64
        ...batchNorm({ activation: "relu" }),
        ...maxPool(3, { stride: 2, padding: 1 }), //                                  24 x 24 x  64
      ],
      dense_blk1: block(), //                                                         24 x 24 x 192
      tran_blk1: transition(96), //                                                   12 x 12 x  96
      dense_blk2: block(), //                                                         12 x 12 x 224
      tran_blk2: transition(112), //                                                   6 x  6 x 112
      dense_blk3: block(), //                                                          6 x  6 x 240
      tran_blk3: transition(120), //                                                   3 x  3 x 120
      dense_blk4: block(), //                                                          3 x  3 x 248
      last: [...batchNorm({ activation: "relu" }), ...globalAvgPool(), ...dense(classes)], // classes
    },
  );
};

/** Batch normalisation, ReLU and a convolution, in this order. */
const convolution = (filters: number, kernel: 1 | 3): Layer[] => [
  ...batchNorm({ activation: "relu" }),
  ...conv2d(filters, { kernel, padding: (kernel - 1) / 2, activation: "linear" }),
];

/** Four convolutions of 32 channels, each beside what it reads. The convolution has the path of the place itself. */
const block = (): Part => ({
  net: Array.from({ length: 4 }, () => parallel([[], { "": convolution(32, 3) }])),
});

/** Halves the map, and the channels by a 1x1 convolution. */
const transition = (filters: number): Layer[] => [...convolution(filters, 1), ...avgPool(2)];
