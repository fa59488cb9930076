// Random operations against `cpu`, with arguments beyond what is valid: windows larger than the image, strides of 0, negative and broken
// sizes, other types, batches without images, NaN. An engine gives what `cpu` gives or refuses in words; it never computes what `cpu`
// refuses, and whatever it was asked, other tensors keep their numbers. `FUZZ_RUNS=20000 pnpm --filter @mlpconv/testing exec vitest run
// test/fuzz.test.ts` looks longer.
import {
  convBiasRelu,
  dropout,
  type Engine,
  resizeLevels,
  softmaxCrossEntropy,
  stream,
  tf,
} from "@mlpconv/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { eachEngine } from "../src/index.js";

const runs = Number(process.env.FUZZ_RUNS ?? 250);
/** A software GPU compiles shaders for each shape, half a second each. */
const runsOn = (engine: Engine) => (engine.name === "webgpu" ? Math.ceil(runs / 10) : runs);

/** What to compute, in words and as a function that makes its own tensors. */
interface Operation {
  words: string;
  compute: () => tf.Tensor | tf.Tensor[];
  /** Whether it reads at places that a GPU alone knows: there what lies outside cannot be refused in time. */
  gathers?: boolean;
}

const range = (min: number, max: number) => fc.integer({ min, max });
/** Mostly what makes sense, now and then what does not. */
const often = <T>(good: fc.Arbitrary<T>, ...odd: T[]) =>
  fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
const size = (max: number) => often(range(1, max), 0);
const window = often(range(1, 4), 0, -1, 1.5, 9);
const stride = often(range(1, 3), 0, -1, 0.5, 11);
const pairOf = (one: fc.Arbitrary<number>) => fc.oneof(one, fc.tuple(one, one));
const sides = often(range(0, 2), 5, -1, 0.5);
const padding = fc.oneof(
  fc.constantFrom("same" as const, "valid" as const),
  sides,
  fc.tuple(sides, sides, sides, sides).map(
    ([top, bottom, left, right]): tf.backend_util.ExplicitPadding => [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
  ),
);
const rounding = often(fc.constant(undefined), "floor" as const, "ceil" as const, "round" as const);
const dtype = often(fc.constant("float32" as const), "int32" as const);

/** Numbers of a coarse grid, so that there are ties; `special` puts NaN and infinities among them. */
const numbers = (shape: readonly number[], name: string, special = false): Float32Array => {
  const bits = stream(0, name).bits(shape.reduce((a, b) => a * b, 1));
  return Float32Array.from(bits, (word) => {
    const kind = word % 16;
    if (special && kind < 3) return [Number.NaN, Infinity, -Infinity][kind]!;
    return ((word >>> 8) % 33) / 8 - 2;
  });
};
const tensor = <R extends tf.Rank>(
  shape: number[],
  name: string,
  { type = "float32", special = false }: { type?: "float32" | "int32"; special?: boolean } = {},
) => tf.tensor(numbers(shape, name, special && type === "float32"), shape as tf.ShapeMap[R], type);

/** The output, and the gradients for each float32 input of an upstream gradient that is not all ones. */
const withGradients = (compute: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]): tf.Tensor[] => {
  const y = compute(...inputs);
  return [y, ...tf.grads(compute)(inputs, tensor(y.shape, "dy"))];
};

const convolution = fc
  .record({
    kind: fc.constantFrom("conv2d", "convBiasRelu", "depthwise", "fused"),
    image: fc.tuple(size(2), size(7), size(7), size(5)),
    filter: fc.tuple(often(range(1, 4), 0, 9), often(range(1, 4), 0, 9)),
    filters: often(range(1, 5), 0),
    otherChannels: often(fc.constant(0), 1),
    strides: pairOf(stride),
    pad: padding,
    dilations: often(fc.constant(1), 2, 0),
    rounding,
    type: dtype,
  })
  .map((c): Operation => {
    const channels = c.image[3] + c.otherChannels;
    // tfjs takes one of the two.
    const strides = c.dilations === 1 ? (c.strides as number | [number, number]) : 1;
    return {
      words: JSON.stringify(c),
      compute: () => {
        const x = tensor<tf.Rank.R4>(c.image, "x", { type: c.type });
        const w = tensor<tf.Rank.R4>([...c.filter, channels, c.filters], "w");
        if (c.kind === "convBiasRelu") {
          const b = tensor<tf.Rank.R1>([c.filters], "b");
          return withGradients(
            (x, w, b) =>
              convBiasRelu(x as tf.Tensor4D, w as tf.Tensor4D, b as tf.Tensor1D, { strides, pad: c.pad }),
            [x, w, b],
          );
        }
        if (c.kind === "fused") {
          const b = tensor<tf.Rank.R1>([c.filters], "b");
          return tf.fused.conv2d({
            x,
            filter: w,
            strides,
            pad: c.pad,
            dilations: c.dilations,
            bias: b,
            activation: "relu",
          });
        }
        const op = c.kind === "conv2d" ? tf.conv2d : tf.depthwiseConv2d;
        const call = (x: tf.Tensor, w: tf.Tensor) =>
          op(x as tf.Tensor4D, w as tf.Tensor4D, strides, c.pad, "NHWC", c.dilations, c.rounding);
        // tfjs has no gradients for windows with gaps.
        return c.dilations === 1
          ? withGradients(call as (...inputs: tf.Tensor[]) => tf.Tensor, [x, w])
          : call(x, w);
      },
    };
  });

const pooling = fc
  .record({
    kind: fc.constantFrom("maxPool" as const, "avgPool" as const),
    image: fc.tuple(size(2), size(7), size(7), size(5)),
    window: pairOf(window),
    strides: pairOf(stride),
    pad: padding,
    rounding,
    type: dtype,
    special: fc.boolean(),
  })
  .map(
    (c): Operation => ({
      words: JSON.stringify(c),
      compute: () => {
        const x = tensor<tf.Rank.R4>(c.image, "x", { type: c.type, special: c.special });
        const call = (x: tf.Tensor) =>
          tf[c.kind](x as tf.Tensor4D, c.window as number, c.strides as number, c.pad as "same", c.rounding);
        return c.type === "int32" ? call(x) : withGradients(call, [x]);
      },
    }),
  );

const loss = fc
  .record({
    batch: size(4),
    classes: size(4),
    labels: fc.array(often(range(0, 3), -1, 4, 1000), { maxLength: 4 }),
    special: fc.boolean(),
  })
  .map(
    (c): Operation => ({
      words: `loss ${JSON.stringify(c)}`,
      compute: () => {
        const labels = tf.tensor1d(c.labels.slice(0, c.batch), "int32");
        return withGradients(
          (z) => softmaxCrossEntropy(z as tf.Tensor2D, labels),
          [tensor([c.batch, c.classes], "z", { special: c.special })],
        ).slice(0, 2);
      },
    }),
  );

const shape = fc.array(size(5), { minLength: 1, maxLength: 4 });
const elementwise = fc
  .record({
    kind: fc.constantFrom(
      "relu",
      "relu6",
      "softmax",
      "clip",
      "sum",
      "mean",
      "max",
      "sigmoid",
      "dropout",
      "maximum",
      "minimum",
      "where",
    ),
    shape,
    axis: often(range(0, 3), -1, 7),
    repeated: fc.boolean(),
    special: fc.boolean(),
  })
  .map(
    (c): Operation => ({
      words: JSON.stringify(c),
      compute: () => {
        const x = tensor(c.shape, "x", { special: c.special });
        const other = tensor(c.repeated ? [c.shape.at(-1)!] : c.shape, "other", { special: c.special });
        switch (c.kind) {
          case "relu":
            return tf.relu(x);
          case "relu6":
            return tf.relu6(x);
          case "softmax":
            return tf.softmax(x, c.axis);
          case "clip":
            return tf.clipByValue(x, -1, 1);
          case "sum":
            return tf.sum(x, c.axis);
          case "mean":
            return tf.mean(x, c.axis);
          case "max":
            return tf.max(x, c.axis);
          case "sigmoid":
            return tf.sigmoid(x);
          case "dropout":
            return dropout(x, c.axis / 4, stream(0, "mask"));
          case "maximum":
            return tf.maximum(x, other);
          case "minimum":
            return tf.minimum(x, other);
          default:
            return tf.where(tf.lessEqual(x, 0), tf.zerosLike(x), x);
        }
      },
    }),
  );

const movement = fc
  .record({
    kind: fc.constantFrom("pad", "slice", "transpose", "matMul", "gather", "resizeLevels", "concat", "fill"),
    shape,
    numbers: fc.array(often(range(0, 4), -1, 9, 1.5), { minLength: 4, maxLength: 4 }),
    other: shape,
  })
  .map(
    (c): Operation => ({
      words: JSON.stringify(c),
      gathers: c.kind === "gather",
      compute: () => {
        const x = tensor(c.shape, "x");
        const n = c.numbers;
        switch (c.kind) {
          case "pad":
            return tf.pad(
              x,
              c.shape.map((_, i) => [n[i]!, n[3 - i]!] as [number, number]),
            );
          case "slice":
            return tf.slice(
              x,
              n.slice(0, c.shape.length),
              c.shape.map((_, i) => n[3 - i]!),
            );
          case "transpose":
            return tf.transpose(x, n.slice(0, c.shape.length));
          case "matMul":
            return tf.matMul(x, tensor(c.other, "other"), n[0]! > 2, n[1]! > 2);
          case "gather":
            return tf.gather(x, tf.tensor1d(n, "int32"), 0);
          case "resizeLevels":
            return resizeLevels(tf.abs(tensor(c.shape, "x", { type: "int32" })) as tf.Tensor4D, [
              n[0]!,
              n[1]!,
            ]);
          case "concat":
            return tf.concat([x, tensor(c.other, "other")], n[0]!);
          default:
            return tf.fill(n.slice(0, 2), 3);
        }
      },
    }),
  );

interface Result {
  shape: number[];
  dtype: string;
  values: number[];
}

/** What the operation gives on the current backend, or what it says when it refuses. */
const outcome = async ({ compute }: Operation): Promise<Result[] | string> => {
  let results: tf.Tensor[] = [];
  tf.engine().startScope();
  try {
    results = [compute()].flat();
    return await Promise.all(
      results.map(async (result) => ({
        shape: result.shape,
        dtype: result.dtype,
        values: [...(await result.data())],
      })),
    );
  } catch (error) {
    return String(error);
  } finally {
    tf.engine().endScope();
  }
};

const close = (actual: number, expected: number, scale: number): boolean =>
  Object.is(actual, expected) || actual === expected || Math.abs(actual - expected) <= 3e-5 * scale;

/** How the two outcomes contradict each other; undefined when they do not. */
const contradiction = (actual: Result[] | string, expected: Result[] | string): string | undefined => {
  // An error that says what to do, not a crash in a kernel.
  if (typeof actual === "string")
    return /TypeError|RuntimeError|memory access|Invalid typed array/.test(actual)
      ? `crashed: ${actual}`
      : undefined;
  const broken = actual.find(
    ({ shape, values }) =>
      values.length !== tf.util.sizeFromShape(shape) || shape.some((side) => !(side >= 0)),
  );
  if (broken) return `gave ${broken.values.length} values for [${broken.shape}]`;
  if (typeof expected === "string")
    return `gave [${actual.map(({ shape }) => `[${shape}]`)}] where cpu refuses: ${expected}`;
  for (const [i, one] of actual.entries()) {
    const other = expected[i]!;
    if (`${one.shape} ${one.dtype}` !== `${other.shape} ${other.dtype}`)
      return `result ${i}: ${one.dtype} [${one.shape}], on cpu ${other.dtype} [${other.shape}]`;
    const finite = other.values.filter(Number.isFinite).map(Math.abs);
    const scale = Math.max(1, ...finite);
    const at = other.values.findIndex((value, j) => !close(one.values[j]!, value, scale));
    if (at >= 0 || one.values.length !== other.values.length)
      return `result ${i}: [${at}] is ${one.values[at]}, on cpu ${other.values[at]}`;
  }
  return undefined;
};

const operations: Record<string, fc.Arbitrary<Operation>> = {
  convolution,
  pooling,
  loss,
  elementwise,
  movement,
};

await eachEngine((engine) => {
  test.each(Object.entries(operations))(
    "%s gives what cpu gives or is refused, and leaves other tensors unchanged",
    async (_, operation) => {
      const canaries = [1, 2, 3].map((value) => tf.fill([5000], value));
      await fc.assert(
        fc.asyncProperty(operation, async (one) => {
          const actual = await outcome(one);
          const kept = await Promise.all(canaries.map(async (canary) => new Set(await canary.data())));
          expect(kept, one.words).toEqual([new Set([1]), new Set([2]), new Set([3])]);
          await tf.setBackend("cpu");
          const expected = await outcome(one).finally(() => tf.setBackend(engine.tfjsName));
          if (one.gathers && engine.name === "webgpu" && typeof expected === "string") return;
          expect(contradiction(actual, expected), one.words).toBeUndefined();
        }),
        { numRuns: runsOn(engine), seed: Number(process.env.FUZZ_SEED ?? 13) },
      );
      tf.dispose(canaries);
    },
  );
});
