// Elementwise kernels of every number type against the cpu backend: special values, every way of broadcasting, empty tensors, odd sizes and sizes
// that are split among threads.
import { stream, tf } from "@mlpconv/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eachEngine, tolerance } from "../../src/index.js";
import { OWN_ENGINES } from "./as-on-cpu.js";

type Type = "float32" | "int32" | "bool";
type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const kernel = (name: string, inputs: tf.NamedTensorMap, attributes: object = {}) =>
  tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;

const unary: Record<string, Unary> = {
  abs: tf.abs,
  acos: tf.acos,
  acosh: tf.acosh,
  asin: tf.asin,
  asinh: tf.asinh,
  atan: tf.atan,
  atanh: tf.atanh,
  ceil: tf.ceil,
  clipByValue: (x) => tf.clipByValue(x, -1.25, 3.5),
  "clipByValue with infinite bounds": (x) => tf.clipByValue(x, -2, Number.POSITIVE_INFINITY),
  cos: tf.cos,
  cosh: tf.cosh,
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  floor: tf.floor,
  isFinite: tf.isFinite,
  isInf: tf.isInf,
  isNaN: tf.isNaN,
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  log: tf.log,
  log1p: tf.log1p,
  neg: tf.neg,
  reciprocal: tf.reciprocal,
  relu: tf.relu,
  relu6: tf.relu6,
  round: tf.round,
  rsqrt: tf.rsqrt,
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sign: tf.sign,
  sin: tf.sin,
  sinh: tf.sinh,
  softplus: tf.softplus,
  sqrt: tf.sqrt,
  square: tf.square,
  step: (x) => tf.step(x, 0.25),
  tan: tf.tan,
  tanh: tf.tanh,
};

const arithmetic: Record<string, Binary> = {
  add: tf.add,
  addN: (a, b) => tf.addN([a, b, a, a, b]),
  floorDiv: tf.floorDiv,
  maximum: tf.maximum,
  minimum: tf.minimum,
  mod: tf.mod,
  mul: tf.mul,
  squaredDifference: tf.squaredDifference,
  sub: tf.sub,
};
const ofFloats: Record<string, Binary> = {
  ...arithmetic,
  atan2: tf.atan2,
  div: tf.div,
  "the gradient of elu": (dy, y) => kernel("EluGrad", { dy, y }),
  "the gradient of sigmoid": (dy, y) =>
    tf.getBackend() === "cpu" ? tf.mul(dy, tf.mul(y, tf.sub(1, y))) : kernel("SigmoidGrad", { dy, y }),
  pow: tf.pow,
  prelu: tf.prelu,
};
const comparisons: Record<string, Binary> = {
  equal: tf.equal,
  notEqual: tf.notEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
};
const logical: Record<string, Binary> = {
  logicalAnd: tf.logicalAnd,
  logicalOr: tf.logicalOr,
  logicalXor: tf.logicalXor,
};
const binary: Record<Type, Record<string, Binary>> = {
  float32: { ...ofFloats, ...comparisons },
  int32: { ...arithmetic, ...comparisons, bitwiseAnd: tf.bitwiseAnd },
  bool: { ...comparisons, ...logical },
};
/** Operations that take two tensors of one shape. */
const sameShape = new Set(["addN", "bitwiseAnd", "the gradient of elu", "the gradient of sigmoid"]);

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const special: Record<Type, number[]> = {
  float32: [
    nan,
    inf,
    -inf,
    0,
    -0,
    0.5,
    -0.5,
    1.5,
    -1.5,
    2.5,
    -2.5,
    1,
    -1,
    1e-3,
    -1e-3,
    1e-30,
    1e-42,
    6,
    7,
    -30,
    80,
  ].concat([
    88.5, -88.5, 89.3, -89.3, 104, -104, 3e38, -3e38, 16777217, 9000.5, -9000.5, 2e9, 3e9, -3e9, 1e-8,
  ]),
  // Products of these are exact in float64, in which cpu computes them.
  int32: [0, 1, -1, 2, 7, -13, 46341, 65536, 2 ** 31 - 2 ** 16, -(2 ** 31)],
  bool: [0, 1],
};

/** A grid for floats, so that there are equal numbers; from -8 to 8. */
const numbers = (length: number, type: Type, name: string): number[] =>
  Array.from(stream(0, name).bits(length), (word) => {
    if (type === "bool") return word & 1;
    return type === "int32" ? (word % 41) - 20 : ((word >>> 8) % 1025) / 64 - 8;
  });

const tensor = (values: number[], shape: number[], type: Type) => tf.tensor(values, shape, type);
const random = (shape: number[], type: Type, name: string) =>
  tensor(numbers(tf.util.sizeFromShape(shape), type, name), shape, type);

interface Result {
  shape: number[];
  dtype: string;
  values: Float64Array;
}

const compute = (body: () => tf.Tensor): Result => {
  const y = tf.tidy(body);
  const { shape, dtype } = y;
  const values = Float64Array.from(y.dataSync());
  y.dispose();
  return { shape, dtype, values };
};

/** Expects what the cpu backend gives, NaN where it has NaN, and nothing left behind. */
const expectAsOnCpu = async (body: () => tf.Tensor): Promise<void> => {
  const engine = tf.getBackend() as (typeof OWN_ENGINES)[number];
  await tf.setBackend("cpu");
  const expected = (() => {
    try {
      return compute(body);
    } finally {
      tf.setBackend(engine);
    }
  })();
  const held = () => ({ ...tf.memory(), dataIds: tf.backend().numDataIds() });
  const before = held();
  const actual = compute(body);
  expect(held()).toEqual(before);
  expect([actual.shape, actual.dtype]).toEqual([expected.shape, expected.dtype]);
  const other = actual.values.findIndex(
    (value, i) => Number.isNaN(value) !== Number.isNaN(expected.values[i]),
  );
  expect(other, `the place of NaN: ${actual.values[other]}, on cpu ${expected.values[other]}`).toBe(-1);
  const isNumber = (value: number) => !Number.isNaN(value);
  const kind = expected.dtype === "float32" ? "function" : "exact";
  expect(actual.values.filter(isNumber)).toBeAllclose(
    expected.values.filter(isNumber),
    tolerance[engine][kind],
  );
};

/** Operations on integers that tfjs does not refuse. */
const ofIntegers = Object.fromEntries(
  Object.entries(unary).filter(([name]) =>
    /^(abs|clip|isFinite|isNaN|neg|relu|round|sign|square|step)/.test(name),
  ),
);
const unaryTypes: Record<Type, Record<string, Unary>> = {
  float32: unary,
  int32: ofIntegers,
  bool: { logicalNot: tf.logicalNot, cast: (x) => tf.cast(x, "int32"), isNaN: tf.isNaN },
};

await eachEngine((engine) => {
  describe.each(["float32", "int32", "bool"] as const)("of %s", (type) => {
    it.each(Object.entries(unaryTypes[type]))("%s equals the cpu backend's", async (name, op) => {
      // cpu computes these as float32, which holds no large integer.
      const small = type === "int32" && (name === "abs" || name === "square");
      const values = special[type].filter((value) => !small || Math.abs(value) < 4096);
      await expectAsOnCpu(() => op(tensor(values, [values.length], type)));
      await expectAsOnCpu(() => op(random([5, 1, 211], type, name)));
      await expectAsOnCpu(() => op(random([], type, name)));
      await expectAsOnCpu(() => op(tensor([], [0, 3], type)));
      await expectAsOnCpu(() => op(random([40_001], type, name)));
    });

    it.each(Object.entries(binary[type]))("%s equals the cpu backend's", async (name, op) => {
      const all = special[type];
      // The square of a difference of such large numbers is not exact in float64.
      const values = type === "int32" && name === "squaredDifference" ? all.slice(0, -2) : all;
      const grid = values.flatMap((a) => values.map((b) => [a, b] as const));
      const shape = [values.length, values.length];
      await expectAsOnCpu(() =>
        op(
          tensor(
            grid.map(([a]) => a),
            shape,
            type,
          ),
          tensor(
            grid.map(([, b]) => b),
            shape,
            type,
          ),
        ),
      );
      const pairs: [a: number[], b: number[]][] = [
        [[40_001], [40_001]],
        [[], []],
        [
          [0, 3],
          [0, 3],
        ],
      ];
      if (!sameShape.has(name)) {
        pairs.push([[values.length, 1], [values.length]], [[0, 3], [3]]);
        for (const other of [[7], [5, 1], [3, 1, 1], [], [1, 5, 7], [3, 5, 1], [3, 1, 7]])
          pairs.push([[3, 5, 7], other], [other, [3, 5, 7]]);
        // Rows that are split among threads, columns longer than what is repeated at a time, and short rows.
        for (const [a, b] of [
          [[61, 301], [301]],
          [[61, 301], []],
          [
            [1, 301],
            [61, 1],
          ],
          [
            [3, 6007],
            [3, 1],
          ],
          [[6007, 3], [3]],
        ])
          pairs.push([a!, b!]);
        pairs.push(
          [
            [2, 200, 5],
            [2, 1, 5],
          ],
          [[5], [3, 700, 5]],
        );
        // More axes than the kernels have.
        pairs.push([
          [2, 1, 3, 1, 2, 3],
          [2, 1, 2, 1, 3],
        ]);
      }
      for (const [a, b] of pairs)
        await expectAsOnCpu(() => op(random(a, type, `${name} a`), random(b, type, `${name} b`)));
    });
  });

  it.each(Object.entries(unary).filter(([name]) => !/^(is|sign|step|ceil|floor|round|acosh)/.test(name)))(
    "the gradient of %s equals the cpu backend's",
    async (_, op) => {
      // From 1/16 to 15/16: within every domain but that of acosh.
      const x = () => tf.div(tf.add(random([7, 31], "float32", "x"), 9), 18);
      await expectAsOnCpu(() => tf.grad(op)(x(), random([7, 31], "float32", "dy")));
    },
  );

  it.each(Object.entries(ofFloats).filter(([name]) => !/^(addN|floorDiv|the gradient)/.test(name)))(
    "both gradients of %s equal the cpu backend's",
    async (_, op) => {
      // tfjs has no gradients of broadcast operands for some of these.
      const inputs = () => ["a", "b"].map((name) => tf.add(random([7, 31], "float32", name), 9));
      for (const side of [0, 1])
        await expectAsOnCpu(
          () => tf.grads((...all) => op(all[0]!, all[1]!))(inputs(), random([7, 31], "float32", "dy"))[side]!,
        );
    },
  );

  it("any operation on any shapes equals the cpu backend's", async () => {
    const size = fc.integer({ min: 0, max: 4 });
    const operation = fc.record({
      type: fc.constantFrom("float32" as const, "int32" as const, "bool" as const),
      which: fc.nat(),
      shape: fc.array(size, { maxLength: 6 }),
      repeated: fc.array(fc.constantFrom("a", "b", ""), { minLength: 6, maxLength: 6 }),
      left: fc.nat(6),
      right: fc.nat(6),
    });
    await fc.assert(
      fc.asyncProperty(operation, async ({ type, which, shape, repeated, left, right }) => {
        const names = Object.keys(binary[type]);
        const name = names[which % names.length]!;
        // Either operand may lack leading axes and repeat others; the longer one has them all.
        const side = (mark: string, missing: number) =>
          shape.map((size, i) => (repeated[i] === mark ? 1 : size)).slice(Math.min(missing, shape.length));
        const [a, b] = sameShape.has(name) ? [shape, shape] : [side("a", left), side("b", right)];
        await expectAsOnCpu(() => binary[type][name]!(random(a, type, "a"), random(b, type, "b")));
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 150), seed: Number(process.env.FUZZ_SEED ?? 5) },
    );
  });

  describe("a cast", () => {
    const types = ["float32", "int32", "bool"] as const;
    const floats = [
      ...special.float32,
      2.9,
      -2.9,
      2 ** 31,
      -(2 ** 31),
      -(2 ** 31) - 256,
      2 ** 32 + 512,
      1e20,
      256,
    ];
    it.each(types.flatMap((from) => types.map((to) => [from, to] as const)))(
      "from %s to %s equals the cpu backend's",
      async (from, to) => {
        const values = from === "float32" ? floats : [...special[from], ...(from === "int32" ? [256] : [])];
        await expectAsOnCpu(() => tf.cast(tensor(values, [values.length], from), to));
        for (const shape of [[], [0, 2], [3, 43], [40_001]])
          await expectAsOnCpu(() => tf.cast(random(shape, from, "cast"), to));
      },
    );

    it("of a mask leaves the mask as it is, and has memory of its own", async () => {
      const mask = tf.tensor1d([1, 0, 1], "bool");
      const cast = tf.cast(mask, "float32");
      mask.dispose();
      expect([...tf.add(cast, 0.5).dataSync()]).toEqual([1.5, 0.5, 1.5]);
    });
  });

  describe("a choice", () => {
    it.each(["float32", "int32", "bool"] as const)("of %s equals the cpu backend's", async (type) => {
      for (const shape of [[], [0, 3], [3, 5, 7], [40_001]])
        await expectAsOnCpu(() =>
          tf.where(random(shape, "bool", "condition"), random(shape, type, "t"), random(shape, type, "e")),
        );
    });

    it("of floats and whole numbers is one of floats", async () => {
      await expectAsOnCpu(() =>
        tf.where(random([33], "bool", "c"), random([33], "float32", "t"), random([33], "int32", "e")),
      );
    });

    it("passes NaN and infinities", async () => {
      const values = special.float32;
      const shape = [values.length];
      await expectAsOnCpu(() =>
        tf.where(random(shape, "bool", "c"), tensor(values, shape, "float32"), tf.ones(shape)),
      );
    });

    it.each(["float32", "int32", "bool"] as const)("of the rows of %s takes whole rows", (type) => {
      const [t, e] = [random([3, 2, 5], type, "t"), random([3, 2, 5], type, "e")];
      const rows = kernel("Select", { condition: tf.tensor1d([1, 0, 1], "bool"), t, e });
      const [yes, no] = [t.dataSync(), e.dataSync()];
      expect([...rows.dataSync()]).toEqual([...yes.slice(0, 10), ...no.slice(10, 20), ...yes.slice(20)]);
      expect(rows.dtype).toBe(type);
    });

    it.each<[number[], number[], number[]]>([
      [[4], [3, 2], [3, 2]],
      [[3], [3, 2], [3, 3]],
      [
        [3, 1],
        [3, 2],
        [3, 2],
      ],
      [[], [3, 2], [3, 2]],
    ])("refuses a condition %j for %j and %j", (condition, t, e) => {
      const inputs = { condition: random(condition, "bool", "c"), t: tf.ones(t), e: tf.ones(e) };
      expect(() => kernel("Select", inputs)).toThrow(
        "Select: expected two tensors of one shape and a condition",
      );
    });
  });

  it("sums of one, two and many tensors equal the cpu backend's", async () => {
    for (const type of ["float32", "int32"] as const)
      for (const count of [1, 2, 7])
        await expectAsOnCpu(() =>
          tf.addN(Array.from({ length: count }, (_, i) => random([5, 7], type, `${i}`))),
        );
  });

  it.each<[string, () => tf.Tensor, string]>([
    [
      "AddN of tensors of two shapes",
      () => kernel("AddN", { 0: tf.ones([4]), 1: tf.ones([2]) }),
      "AddN: expected tensor 1 [4], got [2]",
    ],
    [
      "EluGrad of tensors of two shapes",
      () => kernel("EluGrad", { dy: tf.ones([4]), y: tf.ones([1]) }),
      "EluGrad: expected dy [1], got [4]",
    ],
    [
      "EluGrad of whole numbers",
      () => kernel("EluGrad", { dy: tf.ones([4], "int32"), y: tf.ones([4]) }),
      "EluGrad: expected two float32 tensors, got int32 and float32",
    ],
    [
      "Add of shapes that do not fit",
      () => kernel("Add", { a: tf.ones([4]), b: tf.ones([3]) }),
      "Operands could not be broadcast together",
    ],
  ])("refuses %s", (_, call, message) => expect(call).toThrow(message));

  it("integers wrap around as PyTorch's do", () => {
    const large = tf.tensor1d([2 ** 31 - 1, -(2 ** 31)], "int32");
    expect([...tf.mul(large, large).dataSync()]).toEqual([1, 0]);
    expect([...tf.add(large, large).dataSync()]).toEqual([-2, 0]);
    expect([...tf.neg(large).dataSync()]).toEqual([-(2 ** 31) + 1, -(2 ** 31)]);
  });

  it(`small differences stay exact on ${engine.name}`, () => {
    // What exp(x) - 1 and log(1 + x) would round to 0.
    const tiny = tf.tensor1d([1e-8, -1e-8, 3e-12]);
    for (const op of [tf.expm1, tf.log1p, tf.tanh, tf.sinh, tf.asinh, tf.atanh, tf.sin, tf.tan, tf.atan])
      expect(op(tiny).dataSync()).toBeAllclose([1e-8, -1e-8, 3e-12], { rtol: 1e-6, atol: 0 });
    expect(tf.elu(tf.tensor1d([-1e-8])).dataSync()).toBeAllclose([-1e-8], { rtol: 1e-6, atol: 0 });
  });
}, OWN_ENGINES);
