// Reductions of tensors without values, where the stock kernels divide by zero or leave memory as they found it.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { allocate, floats } from "../heap.js";
import { kernel, stock } from "../kernel.js";

/** What a reduction of `x` over `axes` gives, `value` throughout. */
export const ofNothing = (
  backend: BackendWasm,
  { shape }: TensorInfo,
  axes: readonly number[],
  keepDims: boolean,
  value: number,
): TensorInfo => {
  const kept = shape.flatMap((size, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [size]));
  const result = allocate(backend, kept);
  floats(backend, result).fill(value);
  return result;
};

interface Attributes {
  axis?: number | number[];
  reductionIndices?: number | number[];
  keepDims: boolean;
}

const reduction = (kernelName: string) => {
  const reduce = stock(kernelName);
  return kernel<Record<"x", TensorInfo>, Attributes>(kernelName, ({ x }, attrs, backend) => {
    if (x.dtype !== "float32" || util.sizeFromShape(x.shape) > 0) return reduce({ x }, { ...attrs }, backend);
    const axes = util.parseAxisParam((attrs.axis ?? attrs.reductionIndices)!, x.shape);
    return ofNothing(backend, x, axes, attrs.keepDims, Number.NaN);
  });
};

export const reductions = ["Max", "Mean", "Min"].map(reduction);
