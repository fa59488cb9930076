// What the tests share: the engine, tensors of known values, a kernel by its name, what is allocated.
import "../src/index.js";
import type { KernelBackend } from "@mlpconv/kernels";
import * as tf from "@tensorflow/tfjs";
import { expect } from "vitest";

/** Deterministic values in [-1, 1), some of them exact zeros and ties; another `seed`, other values. */
const values = (shape: number[], seed: number): Float32Array => {
  let state = (seed + 1) * 2654435761;
  return Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.round((state / 2 ** 31 - 1) * 64) / 64;
  });
};

export const tensor = <R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Tensor<R> =>
  tf.tensor(values(shape, seed), shape);

/** Runs a kernel by its name on the current backend. */
export const run = (kernelName: string, inputs: tf.NamedTensorMap, attributes: object = {}) =>
  tf.engine().runKernel(kernelName, inputs, attributes as tf.NamedAttrMap) as tf.Tensor | tf.Tensor[];

export const useNative = async (): Promise<KernelBackend> => {
  expect(await tf.setBackend("native"), "native starts").toBe(true);
  return tf.backend() as KernelBackend;
};

/** What is allocated: tfjs's tensors, and the backend's own count, which also knows what kernels forgot to give back. */
export const held = () => {
  const { numTensors, numDataBuffers } = tf.memory();
  const backend = tf.backend() as KernelBackend;
  return { numTensors, numDataBuffers, dataIds: backend.numDataIds(), used: backend.arena.usedBytes };
};
