// The same comparison on random shapes.
import { convBiasRelu, type Engine, tf } from "@mlpconv/tensor";
import fc from "fast-check";
import { test } from "vitest";
import { eachEngine } from "../src/index.js";
import { type Case, conform, normal, ties } from "./case.js";

const range = (min: number, max: number) => fc.integer({ min, max });

const explicit = (pad: number): tf.backend_util.ExplicitPadding => [
  [0, 0],
  [pad, pad],
  [pad, pad],
  [0, 0],
];

const convolution = fc
  .record({
    batch: range(1, 3),
    height: range(1, 12),
    width: range(1, 12),
    channels: range(1, 9),
    filters: range(1, 9),
    kernelHeight: range(1, 5),
    kernelWidth: range(1, 5),
    strides: fc.tuple(range(1, 4), range(1, 4)),
    pad: fc.constantFrom(0, 1, 2, "same" as const, "valid" as const),
    activation: fc.constantFrom("relu" as const, "linear" as const),
  })
  .filter(({ height, width, kernelHeight, kernelWidth, pad }) => {
    if (pad === "same") return true;
    const zeros = 2 * (pad === "valid" ? 0 : pad);
    return height + zeros >= kernelHeight && width + zeros >= kernelWidth;
  })
  .map((c): Case => {
    const { strides, pad, activation } = c;
    return {
      name: `convBiasRelu ${JSON.stringify(c)}`,
      kind: "sum",
      inputs: [
        normal(c.batch, c.height, c.width, c.channels),
        normal(c.kernelHeight, c.kernelWidth, c.channels, c.filters),
        normal(c.filters),
      ],
      body: (x, w, b) => convBiasRelu(x, w, b, { strides, pad, activation }),
      reference: (x, w, b) => {
        // Given one number, tfjs takes the height's stride and window for the width too; given all sides, it does not.
        const sides = typeof pad === "number" ? explicit(pad) : pad;
        const z = tf.add(tf.conv2d(x, w, strides, sides), b);
        return activation === "relu" ? tf.relu(z) : z;
      },
    };
  });

const pooling = fc
  .record({
    kind: fc.constantFrom("max" as const, "avg" as const),
    shape: fc.tuple(range(1, 3), range(1, 9), range(1, 9), range(1, 5)),
    window: fc.tuple(range(1, 4), range(1, 4)),
    strides: fc.tuple(range(1, 4), range(1, 4)),
    pad: fc.constantFrom("same" as const, "valid" as const),
  })
  .filter(({ shape, window, pad }) => pad === "same" || (shape[1] >= window[0] && shape[2] >= window[1]))
  .map(
    (c): Case => ({
      name: `${c.kind}Pool ${JSON.stringify(c)}`,
      kind: "sum",
      inputs: [ties(...c.shape)],
      body: (x) => (c.kind === "max" ? tf.maxPool : tf.avgPool)(x, c.window, c.strides, c.pad),
    }),
  );

const product = fc
  .record({ m: range(1, 40), k: range(1, 40), n: range(1, 40), a: fc.boolean(), b: fc.boolean() })
  .map(
    ({ m, k, n, a, b }): Case => ({
      name: `matMul ${m}x${k}x${n} ${a} ${b}`,
      kind: "sum",
      inputs: [a ? normal(k, m) : normal(m, k), b ? normal(n, k) : normal(k, n)],
      body: (x, y) => tf.matMul(x, y, a, b),
    }),
  );

const transposition = fc
  .tuple(fc.array(range(1, 7), { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat()))
  .map(([shape, order]): Case => {
    const keys = shape.map(() => order.next().value!);
    const axes = shape.map((_, axis) => axis).sort((a, b) => keys[a]! - keys[b]! || a - b);
    return {
      name: `transpose [${shape}] by [${axes}]`,
      kind: "exact",
      inputs: [normal(...shape)],
      body: (x) => tf.transpose(x, axes),
    };
  });

const broadcast = fc
  .tuple(
    fc.constantFrom("add" as const, "sub" as const, "mul" as const),
    fc.array(fc.record({ size: range(1, 6), a: fc.boolean(), b: fc.boolean() }), {
      minLength: 1,
      maxLength: 4,
    }),
    range(0, 3),
  )
  .map(([op, axes, drop]): Case => {
    const a = axes.map((axis) => (axis.a ? 1 : axis.size));
    const b = axes.map((axis) => (axis.b ? 1 : axis.size)).slice(Math.min(drop, axes.length));
    return {
      name: `${op} [${a}] and [${b}]`,
      kind: "sum",
      inputs: [normal(...a), normal(...b)],
      body: (x, y) => tf[op](x, y),
    };
  });

const reduction = fc
  .tuple(
    fc.constantFrom("sum" as const, "mean" as const),
    fc.array(fc.tuple(range(1, 6), fc.boolean()), { minLength: 1, maxLength: 4 }),
    fc.boolean(),
  )
  .map(([op, axes, keep]): Case => {
    const reduced = axes.flatMap(([, on], axis) => (on ? [axis] : []));
    const shape = axes.map(([size]) => size);
    return {
      name: `${op} of [${reduced}] in [${shape}]${keep ? ", kept" : ""}`,
      kind: "sum",
      inputs: [normal(...shape)],
      body: (x) => tf[op](x, reduced, keep),
    };
  });

/** A fixed seed: a failure is the same on every machine, and fast-check prints the smallest case it finds. */
const holds = (engine: Engine, cases: fc.Arbitrary<Case>, numRuns: number) =>
  fc.assert(
    fc.asyncProperty(cases, (one) => conform(engine, one)),
    { numRuns, seed: 2013 },
  );

await eachEngine((engine) => {
  test("convBiasRelu gives cpu's values for any shape, stride and padding", () =>
    holds(engine, convolution, 100));
  // The cases below have no independent reference, so they only compare an engine with `cpu`.
  if (engine.name === "cpu") return;
  test("pooling gives cpu's values for any shape, window, stride and padding, with ties", () =>
    holds(engine, pooling, 100));
  test("matMul gives cpu's values for any sizes and transpositions", () => holds(engine, product, 60));
  test("transpose gives cpu's values for any shape and order", () => holds(engine, transposition, 60));
  test("add, sub and mul give cpu's values for any shapes that broadcast", () =>
    holds(engine, broadcast, 60));
  test("sum and mean give cpu's values over any axes", () => holds(engine, reduction, 60));
});
