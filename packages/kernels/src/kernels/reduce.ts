// Sums, products, extremes and logical operations over any axes, positions of extremes, and the softmax over the last axis.
import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import { util } from "@tensorflow/tfjs-core";
import type { KernelBackend } from "../backend.js";
import { cpuKernel, kernel, runKernel } from "../kernel.js";

type Inputs = Record<"x", TensorInfo>;
type Axes = number | number[] | null | undefined;

interface Reduction {
  outer: number;
  reduced: number;
  inner: number;
  /** Shape of the output. */
  shape: number[];
  /** How to order the axes first, where those that are reduced have others between them. */
  perm?: number[];
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

/** The tensor as [outer, reduced, inner]; undefined without axes, for an axis that is given twice, or for an empty tensor. */
const reduction = (
  shape: readonly number[],
  axis: Axes,
  keepDims: boolean | undefined,
): Reduction | undefined => {
  const axes = new Set(util.parseAxisParam(axis as number | number[], [...shape]));
  const given = Array.isArray(axis) ? axis.length : axes.size;
  if (axes.size === 0 || given !== axes.size || shape.includes(0)) return undefined;
  const all = shape.map((_, i) => i);
  const isReduced = (i: number) => axes.has(i);
  const sizes = (some: readonly number[]) => some.map((i) => shape[i]!);
  const kept = all.filter((i) => !isReduced(i));
  const out = keepDims ? all.map((i) => (isReduced(i) ? 1 : shape[i]!)) : sizes(kept);
  const reduced = product(sizes([...axes]));
  // Axes of one value separate nothing.
  const long = all.filter((i) => shape[i] !== 1);
  const [first, last] = [long.findIndex(isReduced), long.findLastIndex(isReduced)];
  if (first >= 0 && !long.slice(first, last).every(isReduced)) {
    const perm = [...kept, ...all.filter(isReduced)];
    return { outer: product(sizes(kept)), reduced, inner: 1, shape: out, perm };
  }
  const outer = first < 0 ? 1 : product(sizes(long.slice(0, first)));
  return { outer, reduced, inner: product(shape) / outer / reduced, shape: out };
};

/** Computes one reduction of a tensor whose axes are in order. */
type Reduce = (x: TensorInfo, reduction: Reduction, backend: KernelBackend) => TensorInfo;

/** A kernel that reduces the types that are named; the others are the cpu backend's. */
const reducing = (kernelName: string, types: Partial<Record<DataType, Reduce>>) => {
  const otherwise = cpuKernel(kernelName);
  return kernel<Inputs, { axis?: Axes; reductionIndices?: Axes; keepDims?: boolean }>(
    kernelName,
    (inputs, attributes, backend) => {
      const { x } = inputs;
      const reduce = types[x.dtype];
      const axis = attributes.axis ?? attributes.reductionIndices;
      const plan = reduce && reduction(x.shape, axis, attributes.keepDims);
      if (!plan) return otherwise(inputs, attributes, backend);
      const { perm } = plan;
      if (!perm) return reduce(x, plan, backend);
      return using(runKernel("Transpose", { x }, { perm }, backend), backend, (ordered) =>
        reduce(ordered, plan, backend),
      );
    },
  );
};

/** What `body` gives for a tensor that is disposed of afterwards. */
const using = <R>(x: TensorInfo, backend: KernelBackend, body: (x: TensorInfo) => R): R => {
  try {
    return body(x);
  } finally {
    backend.disposeIntermediateTensorInfo(x);
  }
};

/** The reduction of the tensor as another type. */
const castTo =
  (dtype: "float32" | "int32", reduce: Reduce): Reduce =>
  (x, plan, backend) =>
    using(runKernel("Cast", { x }, { dtype }, backend), backend, (cast) => reduce(cast, plan, backend));

const sum =
  (mean: boolean): Reduce =>
  (x, { outer, reduced, inner, shape }, backend) => {
    const values = backend.floats(x);
    const y = backend.allocate(shape);
    backend.library.call(
      "mlpconv_sum",
      outer,
      reduced,
      inner,
      mean ? 1 / reduced : 1,
      values,
      backend.floats(y),
    );
    return y;
  };

/** Operations in the order of `enum FoldOp` in native/kernels.h. */
const foldOps = ["maxFloats", "minFloats", "maxInts", "minInts", "sumInts", "allBytes", "anyBytes"] as const;

const fold = (name: (typeof foldOps)[number]): Reduce => {
  const op = foldOps.indexOf(name);
  return (x, { outer, reduced, inner, shape }, backend) => {
    if (x.dtype === "bool") {
      const bytes = new Uint8Array(product(shape));
      backend.library.call("mlpconv_fold", op, outer, reduced, inner, backend.bytes(x), bytes);
      return backend.makeTensorInfo(shape, "bool", bytes);
    }
    const values = numbers(x, backend);
    const y = backend.allocate(shape, values.dtype);
    backend.library.call("mlpconv_fold", op, outer, reduced, inner, values.array, numbers(y, backend).array);
    return y;
  };
};

/** The values of a tensor of either type. */
export const numbers = (x: TensorInfo, backend: KernelBackend) =>
  x.dtype === "int32"
    ? { dtype: "int32" as const, ints: 1, array: backend.integers(x) }
    : { dtype: "float32" as const, ints: 0, array: backend.floats(x) };

const prod: Reduce = (x, { outer, reduced, inner, shape }, backend) => {
  const { dtype, ints, array } = numbers(x, backend);
  const y = backend.allocate(shape, dtype);
  backend.library.call("mlpconv_product", ints, outer, reduced, inner, array, numbers(y, backend).array);
  return y;
};

const argExtreme =
  (smallest: boolean): Reduce =>
  (x, { outer, reduced, inner, shape }, backend) => {
    const { ints, array } = numbers(x, backend);
    const y = backend.allocate(shape, "int32");
    const positions = backend.integers(y);
    backend.library.call(
      "mlpconv_arg_extreme",
      ints,
      Number(smallest),
      outer,
      reduced,
      inner,
      array,
      positions,
    );
    return y;
  };

const stockSoftmax = cpuKernel("Softmax");
const softmax = kernel<Record<"logits", TensorInfo>, { dim: number }>(
  "Softmax",
  (inputs, attributes, backend) => {
    const { shape, dtype } = inputs.logits;
    const size = util.sizeFromShape(shape);
    const last = attributes.dim === -1 || attributes.dim === shape.length - 1;
    if (!last || dtype !== "float32" || size === 0) return stockSoftmax(inputs, attributes, backend);
    const classes = shape.at(-1) ?? 1;
    const values = backend.floats(inputs.logits);
    const y = backend.allocate(shape);
    backend.library.call("mlpconv_softmax", size / classes, classes, values, backend.floats(y));
    return y;
  },
);

export const reductions = [
  reducing("Sum", {
    float32: sum(false),
    int32: fold("sumInts"),
    bool: castTo("int32", fold("sumInts")),
  }),
  reducing("Mean", {
    float32: sum(true),
    int32: castTo("float32", sum(true)),
    bool: castTo("float32", sum(true)),
  }),
  reducing("Max", { float32: fold("maxFloats"), int32: fold("maxInts") }),
  reducing("Min", { float32: fold("minFloats"), int32: fold("minInts") }),
  reducing("Prod", { float32: prod, int32: prod }),
  reducing("All", { bool: fold("allBytes") }),
  reducing("Any", { bool: fold("anyBytes") }),
  reducing("ArgMax", { float32: argExtreme(false), int32: argExtreme(false) }),
  reducing("ArgMin", { float32: argExtreme(true), int32: argExtreme(true) }),
  softmax,
];
