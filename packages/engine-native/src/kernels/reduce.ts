// Sums, means and maxima over neighbouring axes, and the softmax over the last.
import { type SumAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { kernel, stock } from "../kernel.js";

type Inputs = Record<"x", TensorInfo>;

interface Reduction {
  outer: number;
  reduced: number;
  inner: number;
  shape: number[];
}

/** The shape as [outer, reduced, inner]; undefined when the axes are no neighbours or nothing is to be reduced. */
const reduction = (
  { shape }: TensorInfo,
  axis: number | number[] | null | undefined,
  keepDims: boolean,
): Reduction | undefined => {
  const axes = util.parseAxisParam(axis as number | number[], shape).sort((a, b) => a - b);
  const first = axes[0];
  if (first === undefined || util.sizeFromShape(shape) === 0) return undefined;
  if (axes.some((value, i) => value !== first + i)) return undefined;
  const [before, after] = [shape.slice(0, first), shape.slice(first + axes.length)];
  const size = util.sizeFromShape;
  return {
    outer: size(before),
    reduced: size(shape.slice(first, first + axes.length)),
    inner: size(after),
    shape: keepDims ? [...before, ...axes.map(() => 1), ...after] : [...before, ...after],
  };
};

const sumOrMean = (kernelName: "Sum" | "Mean") => {
  const otherwise = stock(kernelName);
  return kernel<Inputs, SumAttrs>(kernelName, (inputs, attributes, backend) => {
    const { x } = inputs;
    const plan = x.dtype === "float32" && reduction(x, attributes.axis, attributes.keepDims);
    if (!plan) return otherwise(inputs, attributes, backend);
    const { outer, reduced, inner, shape } = plan;
    const values = backend.floats(x);
    const y = backend.allocate(shape);
    const scale = kernelName === "Mean" ? 1 / reduced : 1;
    backend.native.call("mlpconv_sum", outer, reduced, inner, scale, values, backend.floats(y));
    return y;
  });
};

const stockMax = stock("Max");
const max = kernel<Inputs, { reductionIndices: number | number[]; keepDims: boolean }>(
  "Max",
  (inputs, attributes, backend) => {
    const { x } = inputs;
    const plan = x.dtype === "float32" && reduction(x, attributes.reductionIndices, attributes.keepDims);
    if (!plan) return stockMax(inputs, attributes, backend);
    const { outer, reduced, inner, shape } = plan;
    const values = backend.floats(x);
    const y = backend.allocate(shape);
    backend.native.call("mlpconv_max", outer, reduced, inner, values, backend.floats(y));
    return y;
  },
);

const stockSoftmax = stock("Softmax");
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
    backend.native.call("mlpconv_softmax", size / classes, classes, values, backend.floats(y));
    return y;
  },
);

export const reductions = [sumOrMean("Sum"), sumOrMean("Mean"), max, softmax];
