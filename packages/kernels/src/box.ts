// Copies of boxes: values at regular places of one array to regular places of another. Every kernel that only moves values is made of these.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { isNumberType, type KernelBackend, type NumberType } from "./backend.js";
import type { NumberArray } from "./library.js";

/** A tensor that kernels move: not one of strings or complex numbers. */
export type NumberTensor = TensorInfo & { dtype: NumberType };
export const isNumberTensor = (tensor: TensorInfo): tensor is NumberTensor => isNumberType(tensor.dtype);

/** Places of a box's values in an array. */
export interface Places {
  /** Index of the first one. */
  begin: number;
  /** Distance between neighbours along each axis; negative if they are in reverse order, 0 if one value is repeated. */
  strides: readonly number[];
}

/** Distance between neighbours along each axis of a dense tensor. */
export const stridesOf = (shape: readonly number[]): number[] => {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!;
  return strides;
};

/** Places in a dense tensor: from the position `from` on, every `steps[i]`-th one along axis i. */
export const placesIn = (
  shape: readonly number[],
  from?: readonly number[],
  steps?: readonly number[],
): Places => {
  const strides = stridesOf(shape);
  let begin = 0;
  for (let i = 0; i < strides.length; i++) {
    begin += strides[i]! * (from?.[i] ?? 0);
    strides[i]! *= steps?.[i] ?? 1;
  }
  return { begin, strides };
};

interface Axis {
  size: number;
  x: number;
  y: number;
}

/** Number of axes of `mlpconv_copy_box`, of which the last one is a run of values that are neighbours on both sides. */
const AXES = 6;
/** Number of values that are copied here, because a call costs more: one by one, and as a run. */
const FEW = 64;
const SHORT_RUN = 4096;

/** @throws RangeError when a value's place is not in the array */
const checkPlaces = (sizes: readonly number[], { begin, strides }: Places, length: number): void => {
  let [first, last] = [begin, begin];
  let valid = sizes.length === strides.length && Number.isInteger(begin);
  for (let i = 0; valid && i < sizes.length; i++) {
    const [size, stride] = [sizes[i]!, strides[i]!];
    // The kernel takes 32-bit integers.
    valid = size > 0 && (size | 0) === size && (stride | 0) === stride;
    const reach = (size - 1) * stride;
    if (reach < 0) first += reach;
    else last += reach;
  }
  if (valid && first >= 0 && last < length) return;
  throw new RangeError(
    `copyBox: expected a box [${sizes}] within ${length} values, got it from ${begin} on, with strides [${strides}]`,
  );
};

/** The axes with y's smallest stride last; those that are one axis on both sides are merged. */
const mergedAxes = (sizes: readonly number[], x: Places, y: Places): Axis[] => {
  const axes: Axis[] = [];
  for (let i = 0; i < sizes.length; i++)
    if (sizes[i] !== 1) axes.push({ size: sizes[i]!, x: x.strides[i]!, y: y.strides[i]! });
  axes.sort((a, b) => Math.abs(b.y) - Math.abs(a.y));
  const merged: Axis[] = [];
  for (const axis of axes) {
    const before = merged.at(-1);
    if (before && before.x === axis.x * axis.size && before.y === axis.y * axis.size)
      merged[merged.length - 1] = { size: axis.size * before.size, x: axis.x, y: axis.y };
    else merged.push(axis);
  }
  return merged;
};

/** Puts the axis along which x's values are nearest before the last one, because the kernel copies the two in tiles. */
const forTiles = (axes: Axis[]): void => {
  let nearest = axes.length - 1;
  for (let i = nearest - 1; i >= 0; i--) {
    const [stride, least] = [Math.abs(axes[i]!.x), Math.abs(axes[nearest]!.x)];
    if (stride !== 0 && (least === 0 || stride < least)) nearest = i;
  }
  if (nearest < axes.length - 2) axes.splice(-1, 0, ...axes.splice(nearest, 1));
};

/** Copies along the axes from `depth` on. */
const copyHere = (
  axes: readonly Axis[],
  depth: number,
  x: NumberArray,
  from: number,
  y: NumberArray,
  to: number,
): void => {
  const axis = axes[depth];
  if (!axis) {
    y[to] = x[from]!;
    return;
  }
  for (let i = 0; i < axis.size; i++) copyHere(axes, depth + 1, x, from + i * axis.x, y, to + i * axis.y);
};

/**
 * Copies a box of that size from x to y, which may be one tensor if its two boxes do not overlap. Arrays are taken from tensors at each call,
 * because a call may move the memory.
 */
export const copyBox = (
  backend: KernelBackend,
  sizes: readonly number[],
  source: NumberTensor | NumberArray,
  from: Places,
  target: NumberTensor,
  to: Places,
): void => {
  if (sizes.includes(0)) return;
  const x = ArrayBuffer.isView(source) ? source : backend.numbers(source);
  const y = backend.numbers(target);
  if (x.constructor !== y.constructor)
    throw new Error(
      `copyBox: expected arrays of one type, got ${x.constructor.name} and ${y.constructor.name}`,
    );
  checkPlaces(sizes, from, x.length);
  checkPlaces(sizes, to, y.length);

  const axes = mergedAxes(sizes, from, to);
  const last = axes.at(-1);
  const run = last?.x === 1 && last.y === 1 ? last.size : 1;
  if (axes.length <= 1 && run > 1 && run <= SHORT_RUN) {
    y.set(x.subarray(from.begin, from.begin + run), to.begin);
    return;
  }
  if (axes.reduce((count, { size }) => count * size, 1) <= FEW) {
    copyHere(axes, 0, x, from.begin, y, to.begin);
    return;
  }
  if (run > 1) axes.pop();
  forTiles(axes);

  const call = (first: number, xBegin: number, yBegin: number): void => {
    const axis = axes[first]!;
    if (axes.length - first >= AXES) {
      for (let i = 0; i < axis.size; i++) call(first + 1, xBegin + i * axis.x, yBegin + i * axis.y);
      return;
    }
    // Sizes, strides of x and strides of y.
    const numbers = new Int32Array(3 * AXES).fill(1);
    for (let i = axes.length - 1, at = AXES - 2; i >= first; i--, at--) {
      numbers[at] = axes[i]!.size;
      numbers[AXES + at] = axes[i]!.x;
      numbers[2 * AXES + at] = axes[i]!.y;
    }
    numbers[AXES - 1] = run;
    backend.library.call("mlpconv_copy_box", x.BYTES_PER_ELEMENT, numbers, xBegin, yBegin, x, y);
  };
  call(0, from.begin, to.begin);
};

/** Writes one value everywhere. */
export const fill = (backend: KernelBackend, tensor: NumberTensor, value: number): void => {
  const y = backend.numbers(tensor);
  if (y instanceof Float32Array && y.length > SHORT_RUN)
    backend.library.call("mlpconv_fill", y.length, value, y);
  else y.fill(value);
};

/** A new tensor with the values that `write` writes. */
export const newTensor = (
  backend: KernelBackend,
  shape: number[],
  dtype: NumberType,
  write: (y: NumberTensor) => void,
): NumberTensor => {
  const y = backend.allocate(shape, dtype) as NumberTensor;
  try {
    write(y);
    return y;
  } catch (error) {
    backend.disposeData(y.dataId);
    throw error;
  }
};

/** A new tensor that is a box of x. */
export const boxOf = (
  backend: KernelBackend,
  x: NumberTensor,
  shape: number[],
  sizes: readonly number[],
  from: Places,
): NumberTensor =>
  newTensor(backend, shape, x.dtype, (y) => copyBox(backend, sizes, x, from, y, placesIn(sizes)));
