// Tensors of whole numbers and of true and false on every engine: an operation gives the right values or refuses in words. It never reads
// their bits as those of floats, nor writes floats where only a byte for each value is.
import { tf } from "@mlpconv/tensor";
import { expect, test } from "vitest";
import { eachEngine } from "../src/index.js";

const mask = () => tf.tensor1d([1, 0, 1, 1, 0], "bool");
const whole = () => tf.tensor1d([3, -2, 0, 7, -5], "int32");
const grid = (dtype: "bool" | "int32") => tf.tensor2d([1, 0, 1, 1, 0, 0], [2, 3], dtype);

const rows: [name: string, compute: () => tf.Tensor, dtype: string, expected: number[]][] = [
  [
    "a mask of floats",
    () => tf.cast(tf.tensor1d([0.5, 0, -0.25, 256, Number.NaN]), "bool"),
    "bool",
    [1, 0, 1, 1, 1],
  ],
  ["a mask of whole numbers", () => tf.cast(tf.tensor1d([256, 0, -1], "int32"), "bool"), "bool", [1, 0, 1]],
  ["a choice of masks", () => tf.where(mask(), tf.logicalNot(mask()), mask()), "bool", [0, 0, 0, 0, 0]],
  ["a choice of whole numbers", () => tf.where(mask(), whole(), tf.neg(whole())), "int32", [3, 2, 0, 7, 5]],
  [
    "a choice of floats and whole numbers",
    () => tf.where(mask(), tf.tensor1d([1.5, 2.5, 3.5, 4.5, 5.5]), whole()),
    "float32",
    [1.5, -2, 3.5, 4.5, -5],
  ],
  ["a mask from its end", () => tf.reverse(mask()), "bool", [0, 1, 1, 0, 1]],
  ["each second value of a mask", () => tf.stridedSlice(mask(), [0], [5], [2]), "bool", [1, 1, 0]],
  ["each second whole number", () => tf.stridedSlice(whole(), [0], [5], [2]), "int32", [3, 0, -5]],
  ["a mask transposed", () => tf.transpose(grid("bool")), "bool", [1, 1, 0, 0, 1, 0]],
  [
    "whole numbers transposed",
    () => tf.transpose(tf.tensor3d([1, 2, 3, 4, 5, 2 ** 30 + 1], [1, 2, 3], "int32"), [2, 0, 1]),
    "int32",
    [1, 4, 2, 5, 3, 2 ** 30 + 1],
  ],
  ["the sum of the rows of whole numbers", () => tf.sum(grid("int32"), 0), "int32", [2, 0, 1]],
  ["whole numbers within bounds", () => tf.clipByValue(whole(), -2, 3), "int32", [3, -2, 0, 3, -2]],
  ["which whole numbers are NaN", () => tf.isNaN(whole()), "bool", [0, 0, 0, 0, 0]],
  ["which whole numbers are finite", () => tf.isFinite(whole()), "bool", [1, 1, 1, 1, 1]],
  ["the exponential of a mask", () => tf.exp(mask()), "float32", [Math.E, 1, Math.E, Math.E, 1]],
  ["PReLU of no values", () => tf.prelu(tf.zeros([0, 3]), tf.ones([3])), "float32", []],
];

/** What takes a mask on one engine and refuses it on another. */
const eitherWay: [name: string, compute: () => tf.Tensor, expected: number[]][] = [
  ["square", () => tf.square(mask()), [1, 0, 1, 1, 0]],
  ["sign", () => tf.sign(mask()), [1, 0, 1, 1, 0]],
  ["relu", () => tf.relu(mask()), [1, 0, 1, 1, 0]],
  ["topk", () => tf.topk(mask(), 2).values, [1, 1]],
  ["clipByValue", () => tf.clipByValue(mask(), 0, 1), [1, 0, 1, 1, 0]],
];

await eachEngine(() => {
  test.each(rows)("%s", async (_, compute, dtype, expected) => {
    const neighbours = [1, 2].map((value) => tf.fill([64], value));
    const result = tf.tidy(compute);
    expect(result.dtype).toBe(dtype);
    const values = [...(await result.data())].map(Number);
    expect(values).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 5);
    const kept = await Promise.all(neighbours.map((tensor) => tensor.data()));
    expect(kept.map((numbers) => new Set(numbers))).toEqual([new Set([1]), new Set([2])]);
    tf.dispose([result, neighbours]);
  });

  test.each(eitherWay)("%s of a mask is right or refused", async (name, compute, expected) => {
    const outcome = await (async () => {
      const result = tf.tidy(compute);
      return [...(await result.data())].map(Number);
    })().catch((error: Error) => error.message);
    if (typeof outcome === "string")
      expect(outcome, name).toMatch(/expected .*float32.*, got bool.*tf\.cast/);
    else expect(outcome).toEqual(expected);
  });
});
