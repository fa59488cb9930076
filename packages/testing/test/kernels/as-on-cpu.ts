// Runs the same computation on tfjs's `cpu` backend, the reference, and on the current engine, and compares all numbers.
import { type EngineName, tf } from "@mlpconv/tensor";
import { expect } from "vitest";

/** The engines whose kernels these suites are about. */
export const OWN_ENGINES: readonly EngineName[] = ["native", "wasm"];

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

type Compute = () => tf.Tensor | tf.Tensor[];

const run = async (backend: string, compute: Compute) => {
  expect(await tf.setBackend(backend), `${backend} starts`).toBe(true);
  const results = [tf.tidy(compute)].flat();
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

/** What is allocated: tfjs's tensors, the backend's own count, which also knows what kernels forgot to give back, and its bytes in use. */
const held = () => ({ ...tf.memory(), dataIds: tf.backend().numDataIds() });

/** Expects this engine's results of `compute` to equal the cpu backend's, in shape, type and value, and to leave nothing behind. */
export const expectAsOnCpu = async (compute: Compute): Promise<void> => {
  const engine = tf.getBackend();
  expect(engine).not.toBe("cpu");
  const expected = await run("cpu", compute).finally(() => tf.setBackend(engine));
  const before = held();
  const actual = await run(engine, compute);
  expect(held()).toEqual(before);
  const outlines = (results: typeof actual) => results.map(({ shape, dtype }) => ({ shape, dtype }));
  expect(outlines(actual)).toEqual(outlines(expected));
  for (const [i, result] of actual.entries()) {
    const reference = expected[i]!.values;
    let scale = 1;
    let worst = 0;
    for (let j = 0; j < reference.length; j++) {
      // NaN compares false with everything, so it must be turned into a difference here, unless both are the same.
      const same = Object.is(result.values[j], reference[j]);
      const difference = same ? 0 : Math.abs(result.values[j]! - reference[j]!);
      if (Number.isFinite(reference[j])) scale = Math.max(scale, Math.abs(reference[j]!));
      worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
    }
    expect(worst / scale, `result ${i}, relative to ${scale}`).toBeLessThanOrEqual(TOLERANCE);
  }
};
