// Reductions over random axes of float32, int32 and bool tensors against `cpu`, on the engines that have kernels of their own for them.
// `FUZZ_RUNS=5000 pnpm --filter @mlpconv/testing exec vitest run test/reductions.test.ts` looks longer.
import { stream, tf } from "@mlpconv/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../src/index.js";

const runs = Number(process.env.FUZZ_RUNS ?? 300);
type DataType = "float32" | "int32" | "bool";

const kinds = {
  sum: ["float32", "int32", "bool"],
  mean: ["float32", "int32", "bool"],
  max: ["float32", "int32"],
  min: ["float32", "int32"],
  prod: ["float32", "int32"],
  argMax: ["float32", "int32"],
  argMin: ["float32", "int32"],
  all: ["bool"],
  any: ["bool"],
  topk: ["float32", "int32"],
  softmax: ["float32"],
} as const satisfies Record<string, readonly DataType[]>;
type Kind = keyof typeof kinds;

/** Values on a coarse grid, so that there are ties; `special` puts NaN and infinities among them. */
const valuesOf = (kind: Kind, type: DataType, size: number, special: boolean): number[] =>
  Array.from(stream(0, kind).bits(size), (word) => {
    if (type === "bool") return word % 8 === 0 ? 0 : 1;
    if (special && word % 16 < 3) return [Number.NaN, Infinity, -Infinity][word % 16]!;
    const value = ((word >>> 8) % 33) - 16;
    return type === "int32" ? value * 1000 : value / 8;
  });

const operation = fc.constantFrom(...(Object.keys(kinds) as Kind[])).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    type: fc.constantFrom<DataType>(...kinds[kind]),
    // Sizes around those of vectors, and so long that a run is cut into pieces.
    shape: fc.oneof<fc.Arbitrary<number[]>[]>(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }),
      fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 150 })),
      fc.tuple(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
      ),
      fc.constantFrom<number[]>([70_000], [2, 33_000], [2, 3, 600], [0, 3], [2, 0]),
    ),
    axes: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 }),
    negative: fc.boolean(),
    every: fc.boolean(),
    keepDims: fc.boolean(),
    special: fc.boolean(),
  }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const compute = ({ kind, type, shape, axes, negative, every, keepDims, special }: Operation): tf.Tensor[] => {
  const size = shape.reduce((a, b) => a * b, 1);
  // tfjs has no order of several NaN.
  const x = tf.tensor(valuesOf(kind, type, size, special && kind !== "topk"), shape, type);
  const inside = [...new Set(axes.map((axis) => axis % shape.length))].map((axis) =>
    negative ? axis - shape.length : axis,
  );
  if (kind === "softmax") return [tf.softmax(x)];
  if (kind === "topk") {
    const { values, indices } = tf.topk(x, Math.min(1 + axes[0]! * 7, shape.at(-1)!));
    return [values, indices];
  }
  if (kind === "argMax" || kind === "argMin") return [tf[kind](x, inside[0])];
  return [tf[kind](x, every ? undefined : inside, keepDims)];
};

const outcome = async (one: Operation) => {
  tf.engine().startScope();
  try {
    const results = compute(one);
    return await Promise.all(
      results.map(async (result) => ({
        shape: result.shape,
        dtype: result.dtype,
        values: Array.from(await result.data(), Number),
      })),
    );
  } catch (error) {
    return String(error);
  } finally {
    tf.engine().endScope();
  }
};

/** Compares exactly, and floats to within rounding of the largest that may have been added. */
const expectSame = (actual: number[], expected: number[], { kind, type }: Operation, words: string) => {
  const added = kind === "mean" && type === "int32" ? 16_000 : 1;
  const scale = Math.max(added, ...expected.filter(Number.isFinite).map(Math.abs));
  const at = expected.findIndex((value, i) => {
    const got = actual[i]!;
    return !(Object.is(got, value) || got === value || Math.abs(got - value) <= 1e-5 * scale);
  });
  expect(at < 0 || `[${at}] is ${actual[at]}, on cpu ${expected[at]}`, words).toBe(true);
};

await eachEngine(
  (engine) => {
    test("reductions over any axes give what cpu gives", async () => {
      await fc.assert(
        fc.asyncProperty(operation, async (one) => {
          const before = tf.memory().numTensors;
          const actual = await outcome(one);
          expect(tf.memory().numTensors).toBe(before);
          await tf.setBackend("cpu");
          const expected = await outcome(one).finally(() => tf.setBackend(engine.tfjsName));
          const words = JSON.stringify(one);
          if (typeof expected === "string" || typeof actual === "string") {
            expect(typeof actual, `${words}: ${actual}, on cpu ${expected}`).toBe(typeof expected);
            return;
          }
          for (const [i, { shape, dtype, values }] of expected.entries()) {
            expect([actual[i]!.shape, actual[i]!.dtype], words).toEqual([shape, dtype]);
            expect(actual[i]!.values.length, words).toBe(values.length);
            expectSame(actual[i]!.values, values, one, words);
          }
        }),
        { numRuns: runs, seed: Number(process.env.FUZZ_SEED ?? 7) },
      );
    });

    describe("values that only some orders give", () => {
      const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
      const long = (at: number, value: number) =>
        Array.from({ length: 100 }, (_, i) => (i === at ? value : i % 7));
      test.each<[string, () => tf.Tensor, number[]]>([
        ["min with NaN late in a run", () => tf.min(tf.tensor1d(long(77, nan))), [nan]],
        ["max with NaN late in a run", () => tf.max(tf.tensor1d(long(99, nan))), [nan]],
        ["argMax passes over NaN", () => tf.argMax(tf.tensor1d(long(50, nan))), [6]],
        ["argMax of a first NaN", () => tf.argMax(tf.tensor1d(long(0, nan))), [0]],
        ["argMin takes the first of equals", () => tf.argMin(tf.tensor1d(long(3, 0))), [0]],
        ["argMax of -Infinity alone", () => tf.argMax(tf.fill([40], -inf)), [0]],
        ["topk has NaN first", () => tf.topk(tf.tensor1d([1, inf, nan, -inf, nan]), 3).indices, [2, 4, 1]],
        [
          "topk takes the first of -0 and 0",
          () => tf.topk(tf.tensor1d([-1, -0, 0, -0]), 3).indices,
          [1, 2, 3],
        ],
        [
          "topk of extreme whole numbers",
          () => tf.topk(tf.tensor1d([0, -(2 ** 31), 2 ** 31 - 1, -1], "int32"), 4).indices,
          [2, 0, 3, 1],
        ],
        ["a sum that wraps", () => tf.sum(tf.fill([40], 2 ** 30, "int32")), [0]],
        ["a product that wraps", () => tf.prod(tf.tensor1d([2 ** 30, 6], "int32")), [-(2 ** 31)]],
        ["a product beyond float32 on the way", () => tf.prod(tf.tensor1d([1e30, 1e30, 1e-30, 1e-30])), [1]],
      ])("%s", async (_, call, expected) => {
        const values = Array.from(await tf.tidy(call).data());
        expect(values).toHaveLength(expected.length);
        for (const [i, value] of expected.entries())
          if (Number.isNaN(value)) expect(values[i]).toBeNaN();
          else expect(values[i]).toBeCloseTo(value, 5);
      });
    });
  },
  ["native", "wasm"],
);
