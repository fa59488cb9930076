// Two hundred training steps of a small convolutional net: tensors, bytes and the module's memory stay as they are.
import "../src/node.js";
import type { KernelBackend } from "@mlpconv/kernels";
import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";

/** Deterministic values in [-1, 1); another `seed`, other values. */
const values = (shape: number[], seed: number): Float32Array => {
  let state = (seed + 1) * 2654435761;
  return Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.round((state / 2 ** 31 - 1) * 64) / 64;
  });
};

const variable = (shape: number[], seed: number) =>
  tf.variable(tf.mul(tf.tensor(values(shape, seed), shape), 0.3));

it("training leaks nothing, neither in tfjs's count nor in the module's memory", async () => {
  await tf.setBackend("wasm");
  const backend = tf.backend() as KernelBackend;
  const filters = [variable([3, 3, 2, 8], 1), variable([1, 1, 8, 8], 2), variable([3, 3, 8, 4], 3)];
  const dense = variable([4, 3], 4);
  const optimizer = tf.train.momentum(0.05, 0.9);
  const x = tf.tensor(values([4, 12, 12, 2], 5), [4, 12, 12, 2]) as tf.Tensor4D;
  const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 1], "int32"), 3);
  const loss = () => {
    let y = tf.relu(tf.conv2d(x, filters[0] as tf.Tensor4D, 1, "same"));
    y = tf.relu(tf.conv2d(y, filters[1] as tf.Tensor4D, 1, "valid"));
    y = tf.relu(tf.conv2d(tf.maxPool(y, 3, 2, "valid"), filters[2] as tf.Tensor4D, 2, 1));
    return tf.losses.softmaxCrossEntropy(
      labels,
      tf.matMul(tf.mean<tf.Tensor2D>(y, [1, 2]), dense as tf.Tensor2D),
    ) as tf.Scalar;
  };
  const steps = (count: number) => {
    let last = 0;
    for (let i = 0; i < count; i++) last = tf.tidy(() => optimizer.minimize(loss, true)!.dataSync()[0]!);
    return last;
  };
  const first = steps(20);
  const state = () => ({
    ...tf.memory(),
    data: backend.numDataIds(),
    used: backend.arena.usedBytes,
  });
  const before = state();
  const last = steps(200);
  expect(state()).toEqual(before);
  expect(last).toBeLessThan(first * 0.9);
});
