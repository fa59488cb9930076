// What a direct caller of a kernel may get wrong is an error, never a read or write past a tensor.
import * as tf from "@tensorflow/tfjs";
import * as fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { prepare } from "../src/index.js";
import { run, tensor, useNative } from "./engines.js";

beforeEach(() => useNative());

it("Transpose refuses an order that is no permutation", () => {
  const x = tensor([3, 5], 1);
  const perms = fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 4 });
  fc.assert(
    fc.property(perms, (perm) => {
      fc.pre(perm.join() !== "0,1" && perm.join() !== "1,0");
      expect(() => run("Transpose", { x }, { perm })).toThrow(
        /Transpose: expected each axis of \[3,5\] once/,
      );
    }),
  );
});

it.each([
  [[[0, -1]]],
  [[[-2, 0]]],
  [[]],
  [
    [
      [0, 0],
      [1, 1],
    ],
  ],
])("PadV2 refuses paddings %j of a vector", (paddings) => {
  const attributes = { paddings, constantValue: 0 };
  expect(() => run("PadV2", { x: tensor([4], 1) }, attributes)).toThrow(/PadV2: expected a pair of sizes/);
});

it("a tensor too large for the machine is an error with its shape and size", () => {
  expect(() => run("Fill", {}, { shape: [2 ** 20, 2 ** 20], value: 1 })).toThrow(
    /expected memory for a tensor \[1048576,1048576\], \d+ MB, got none/,
  );
});

it("`prepare` registers the backend again after it was removed", async () => {
  tf.removeBackend("native");
  expect(tf.findBackendFactory("native")).toBeNull();
  await prepare();
  await useNative();
  expect(tf.sum(tf.ones([1000])).dataSync()[0]).toBe(1000);
});
