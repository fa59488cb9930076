// Runs the same computation on tfjs's `cpu` backend, the reference, and on this engine, and compares all numbers.
import "../src/index.js";
import * as tf from "@tensorflow/tfjs";
import { expect } from "vitest";
import type { NativeBackend } from "../src/backend.js";

/** Deterministic values in [-1, 1), some of them exact zeros and ties; another `seed`, other values. */
export const values = (shape: number[], seed: number): Float32Array => {
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

export const useNative = async (): Promise<NativeBackend> => {
  expect(await tf.setBackend("native"), "native starts").toBe(true);
  return tf.backend() as NativeBackend;
};

type Compute = () => tf.Tensor | tf.Tensor[];

const compute = async (backend: string, body: Compute) => {
  expect(await tf.setBackend(backend), `${backend} starts`).toBe(true);
  const results = [tf.tidy(body)].flat();
  const host = results.map((result) => ({
    shape: result.shape,
    dtype: result.dtype,
    values: result.dataSync(),
  }));
  tf.dispose(results);
  return host;
};

/** Largest difference allowed, relative to the largest value: float32 sums in another order. */
const TOLERANCE = 2e-5;

/** What is allocated: tfjs's tensors, and the backend's own count, which also knows what kernels forgot to give back. */
export const held = () => {
  const { numTensors, numDataBuffers } = tf.memory();
  const backend = tf.backend() as NativeBackend;
  return { numTensors, numDataBuffers, dataIds: backend.numDataIds(), used: backend.arena.usedBytes };
};

/** Expects this engine's results of `body` to equal the cpu backend's, in shape, type and value, and to leave nothing behind. */
export const expectAsOnCpu = async (body: Compute, backend = "native"): Promise<void> => {
  const expected = await compute("cpu", body);
  expect(await tf.setBackend(backend), `${backend} starts`).toBe(true);
  const before = held();
  const actual = await compute(backend, body);
  expect(held()).toEqual(before);
  const outlines = (results: typeof actual) => results.map(({ shape, dtype }) => ({ shape, dtype }));
  expect(outlines(actual)).toEqual(outlines(expected));
  for (const [i, result] of actual.entries()) {
    const reference = expected[i]!.values;
    let scale = 1;
    let worst = 0;
    for (let j = 0; j < reference.length; j++) {
      // NaN compares false with everything, so it must be turned into a difference here.
      const difference = Math.abs(result.values[j]! - reference[j]!);
      scale = Math.max(scale, Math.abs(reference[j]!));
      worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
    }
    expect(worst / scale, `result ${i}, relative to ${scale}`).toBeLessThanOrEqual(TOLERANCE);
  }
};
