// Pooling and its gradient against the cpu backend: overlapping windows, ties, padding, rows left over.
import { tf } from "@mlpconv/tensor";
import { describe, expect, it } from "vitest";
import { eachEngine } from "../../src/index.js";
import { expectAsOnCpu, OWN_ENGINES, tensor } from "./as-on-cpu.js";

type Case = [
  name: string,
  x: [number, number, number, number],
  size: number | [number, number],
  stride: number | [number, number],
  pad: "valid" | "same" | number,
];

const cases: Case[] = [
  ["3/2 overlapping", [2, 9, 11, 5], 3, 2, "valid"],
  ["3/2 with a row left over", [2, 10, 10, 3], 3, 2, "valid"],
  ["3/2 same", [3, 8, 7, 4], 3, 2, "same"],
  ["3/1, each pixel in nine windows", [1, 6, 5, 3], 3, 1, "valid"],
  ["2/2", [2, 8, 6, 7], 2, 2, "valid"],
  ["2/2 same on odd sizes", [2, 7, 5, 3], 2, 2, "same"],
  ["3/2 padding 1", [2, 7, 8, 3], 3, 2, 1],
  ["the whole image", [3, 5, 5, 4], 5, 5, "valid"],
  ["one channel, one image", [1, 6, 6, 1], 3, 2, "valid"],
  ["gaps between windows", [2, 9, 9, 2], 2, 3, "valid"],
  ["windows of 2x3 by 1x2", [2, 6, 9, 3], [2, 3], [1, 2], "valid"],
];

const gradientOf = (x: tf.Tensor4D, pool: (x: tf.Tensor4D) => tf.Tensor4D) =>
  tf.grad((input) => {
    const y = pool(input as tf.Tensor4D);
    return tf.mul(y, tensor<tf.Rank.R4>(y.shape, 7)).sum();
  })(x);

await eachEngine(() => {
  describe("pooling and its gradient equal the cpu backend's", () => {
    for (const [name, pool] of Object.entries({ maxPool: tf.maxPool, avgPool: tf.avgPool })) {
      it.each(cases)(
        `${name} %s: %j, window %j, stride %j, padding %j`,
        async (_, shape, size, stride, pad) => {
          // Values of a coarse grid, a third of them equal: ties in most windows, as after a ReLU.
          const image = () => tf.relu<tf.Tensor4D>(tf.round(tf.mul(tensor<tf.Rank.R4>(shape, 5), 3)));
          await expectAsOnCpu(() => pool(image(), size, stride, pad));
          await expectAsOnCpu(() => gradientOf(image(), (x) => pool(x, size, stride, pad)));
          await expectAsOnCpu(() => gradientOf(tensor(shape, 6), (x) => pool(x, size, stride, pad)));
        },
      );
    }

    it("gives the gradient of a tie to the window's first pixel alone", async () => {
      const gradient = gradientOf(tf.ones([1, 2, 2, 1]), (x) => tf.maxPool(x, 2, 2, "valid"));
      const [only] = tensor([1], 7).dataSync();
      expect([...gradient.dataSync()]).toEqual([only, 0, 0, 0]);
    });
  });
}, OWN_ENGINES);
