// Kernels that join tensors or take one apart: Concat, Pack, Unpack, SplitV.
import { backend_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { KernelBackend } from "../backend.js";
import { boxOf, copyBox, isNumberTensor, type NumberTensor, newTensor, placesIn, stridesOf } from "../box.js";
import { cpuKernel, kernel } from "../kernel.js";

/** Whether these are tensors of numbers, all of one type. */
const areNumbers = (tensors: readonly TensorInfo[]): tensors is NumberTensor[] =>
  tensors.every((tensor) => isNumberTensor(tensor) && tensor.dtype === tensors[0]!.dtype);

const stockConcat = cpuKernel("Concat");
const concat = kernel<TensorInfo[], { axis: number }>("Concat", (inputs, attributes, backend) => {
  if (!areNumbers(inputs)) return stockConcat(inputs, attributes, backend);
  const [axis = 0] = util.parseAxisParam(attributes.axis, inputs[0]!.shape);
  const shapes = inputs.map(({ shape }) => shape);
  backend_util.assertParamsConsistent(shapes, axis);
  const shape = backend_util.computeOutShape(shapes, axis);
  const filled = inputs.filter((input) => input.shape[axis] !== 0);
  if (filled.length === 1) return backend.reshaped(filled[0]!, shape);
  return newTensor(backend, shape, inputs[0]!.dtype, (y) => {
    const begin = shape.map(() => 0);
    for (const x of filled) {
      copyBox(backend, x.shape, x, placesIn(x.shape), y, placesIn(shape, begin));
      begin[axis]! += x.shape[axis]!;
    }
  });
});

const stockPack = cpuKernel("Pack");
const pack = kernel<TensorInfo[], { axis: number }>("Pack", (inputs, attributes, backend) => {
  if (!areNumbers(inputs)) return stockPack(inputs, attributes, backend);
  const [first] = inputs as [NumberTensor, ...NumberTensor[]];
  const [axis = 0] = util.parseAxisParam(attributes.axis, [...first.shape, inputs.length]);
  for (const x of inputs)
    util.assertShapesMatch(first.shape, x.shape, "All tensors passed to stack must have matching shapes");
  const shape = [...first.shape.slice(0, axis), inputs.length, ...first.shape.slice(axis)];
  if (inputs.length === 1) return backend.reshaped(first, shape);
  const strides = stridesOf(shape);
  const [step] = strides.splice(axis, 1) as [number];
  return newTensor(backend, shape, first.dtype, (y) => {
    for (const [i, x] of inputs.entries())
      copyBox(backend, x.shape, x, placesIn(x.shape), y, { begin: i * step, strides });
  });
});

const stockSlice = cpuKernel("Slice");

/** Parts of these sizes along an axis, one behind the other. */
const parts = (
  backend: KernelBackend,
  x: TensorInfo,
  axis: number,
  sizes: readonly number[],
): TensorInfo[] => {
  const begin = x.shape.map(() => 0);
  return sizes.map((size) => {
    const part = x.shape.map((whole, i) => (i === axis ? size : whole));
    const output = isNumberTensor(x)
      ? boxOf(backend, x, part, part, placesIn(x.shape, begin))
      : stockSlice({ x }, { begin: [...begin], size: part }, backend);
    begin[axis]! += size;
    return output;
  });
};

const unpack = kernel<Record<"value", TensorInfo>, { axis: number }>(
  "Unpack",
  ({ value }, attributes, backend) => {
    const [axis = 0] = util.parseAxisParam(attributes.axis, value.shape);
    const shape = value.shape.filter((_, i) => i !== axis);
    const ones = new Array<number>(value.shape[axis]!).fill(1);
    return parts(backend, value, axis, ones).map((part) => ({ ...part, shape }));
  },
);

const splitV = kernel<Record<"x", TensorInfo>, { numOrSizeSplits: number | number[]; axis: number }>(
  "SplitV",
  ({ x }, { numOrSizeSplits, axis }, backend) => {
    const [along = 0] = util.parseAxisParam(axis, x.shape);
    // tfjs's type is too narrow: only the shape is read.
    const tensor = x as Parameters<typeof backend_util.prepareSplitSize>[0];
    const sizes = backend_util.prepareSplitSize(tensor, numOrSizeSplits, along);
    return parts(backend, x, along, sizes);
  },
);

export const joiningKernels = [concat, pack, splitV, unpack];
