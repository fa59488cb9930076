// Convolutions and both their gradients against the cpu backend, over the shapes that go wrong.
import { tf } from "@mlpconv/tensor";
import { describe, it } from "vitest";
import { eachEngine } from "../../src/index.js";
import { expectAsOnCpu, OWN_ENGINES, tensor } from "./as-on-cpu.js";

type Pad = Parameters<typeof tf.conv2d>[3];
type Case = [
  name: string,
  x: [number, number, number, number],
  filter: [number, number, number],
  strides: number | [number, number],
  pad: Pad,
];

const cases: Case[] = [
  ["a 1x1 filter", [2, 5, 7, 6], [1, 1, 4], 1, "valid"],
  ["a 1x1 filter, one image", [1, 5, 7, 3], [1, 1, 4], 1, 0],
  ["a 1x1 filter with a stride", [3, 6, 7, 3], [1, 1, 5], 2, "valid"],
  ["a 1x1 filter with padding", [2, 4, 5, 3], [1, 1, 2], 1, 1],
  ["a 3x3 filter, same", [2, 7, 9, 5], [3, 3, 4], 1, "same"],
  ["a 3x3 filter, padding 1", [3, 4, 4, 8], [3, 3, 6], 1, 1],
  ["a 3x3 filter, padding 2, wider than needed", [2, 5, 5, 3], [3, 3, 3], 1, 2],
  ["a 3x3 filter, padding 3, more than the filter", [2, 4, 5, 3], [3, 3, 2], 1, 3],
  ["a 3x3 filter on one pixel", [4, 1, 1, 6], [3, 3, 5], 1, 1],
  ["a 5x5 filter, padding 2", [2, 10, 9, 3], [5, 5, 7], 1, 2],
  ["a filter as large as the input", [3, 5, 6, 4], [5, 6, 3], 1, "valid"],
  ["an 11x11 filter, stride 4, one channel", [2, 31, 29, 1], [11, 11, 5], 4, "valid"],
  ["an 11x11 filter, stride 4, padding 1", [2, 27, 27, 1], [11, 11, 5], 4, 1],
  ["a stride of 2 that leaves the last row out", [2, 8, 10, 3], [3, 3, 4], 2, "valid"],
  ["a stride of 3, same", [2, 11, 10, 3], [4, 2, 4], 3, "same"],
  ["strides larger than the filter", [2, 11, 10, 3], [2, 2, 4], 4, "valid"],
  ["strides larger than the filter, same", [2, 7, 6, 3], [2, 1, 4], [3, 4], "same"],
  ["more pixels than are summed at once", [2, 100, 100, 64], [1, 1, 8], 1, "valid"],
  ["more images than are summed at once", [9, 60, 60, 20], [3, 3, 4], 1, 1],
  ["a stride, and more images than are spread at once", [3, 91, 91, 16], [8, 8, 1], 2, "valid"],
  ["different strides", [2, 9, 8, 3], [3, 2, 4], [1, 2], "same"],
  [
    "explicit padding, each side another",
    [2, 6, 7, 3],
    [3, 4, 4],
    1,
    [
      [0, 0],
      [2, 0],
      [1, 3],
      [0, 0],
    ],
  ],
  [
    "explicit padding with a stride",
    [2, 6, 7, 3],
    [3, 4, 4],
    [2, 3],
    [
      [0, 0],
      [0, 1],
      [2, 1],
      [0, 0],
    ],
  ],
  ["single channels", [1, 6, 5, 1], [3, 3, 1], 1, "same"],
  ["an even filter, same", [2, 6, 5, 2], [4, 4, 3], 1, "same"],
];

await eachEngine(() => {
  describe("conv2d and its gradients equal the cpu backend's", () => {
    it.each(cases)(
      "%s: %j, filter %j, stride %j, padding %j",
      async (_, x, [height, width, channels], strides, pad) => {
        const filter: [number, number, number, number] = [height, width, x[3], channels];
        await expectAsOnCpu(() =>
          tf.conv2d(tensor<tf.Rank.R4>(x, 1), tensor<tf.Rank.R4>(filter, 2), strides, pad),
        );
        await expectAsOnCpu(() => {
          const gradients = tf.grads((a, b) => {
            const y = tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad);
            return tf.mul(y, tensor<tf.Rank.R4>(y.shape, 3)).sum();
          });
          return gradients([tensor(x, 1), tensor(filter, 2)]);
        });
      },
    );
  });
}, OWN_ENGINES);
