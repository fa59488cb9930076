// Kernels that copy values without computing: transposition, padding, slices.
import { slice_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { kernel, stock } from "../kernel.js";

type Inputs = Record<"x", TensorInfo>;
/** The native kernel copies boxes of so many axes. */
const AXES = 4;

/**
 * A transposition as the exchange of two blocks of axes: [batch, rows, columns, inner] to [batch, columns, rows, inner].
 *
 * @returns undefined for any other permutation
 */
const asBlockTranspose = (
  shape: readonly number[],
  perm: readonly number[],
): { batch: number; rows: number; columns: number; inner: number } | undefined => {
  const order = perm.filter((axis) => shape[axis] !== 1);
  const sorted = [...order].sort((a, b) => a - b);
  let first = 0;
  while (first < order.length && order[first] === sorted[first]) first++;
  let end = order.length;
  while (end > first && order[end - 1] === sorted[end - 1]) end--;
  const size = (axes: readonly number[]) => axes.reduce((product, axis) => product * shape[axis]!, 1);
  const middle = sorted.slice(first, end);
  const split = middle.indexOf(order[first]!);
  const [rows, columns] = [middle.slice(0, split), middle.slice(split)];
  if (first < end && [...columns, ...rows].some((axis, i) => axis !== order[first + i])) return undefined;
  return {
    batch: size(sorted.slice(0, first)),
    rows: size(rows),
    columns: size(columns),
    inner: size(sorted.slice(end)),
  };
};

const stockTranspose = stock("Transpose");
const transpose = kernel<Inputs, { perm: number[] }>("Transpose", (inputs, attributes, backend) => {
  const { x } = inputs;
  const { perm } = attributes;
  const axes = [...perm].sort((a, b) => a - b);
  if (axes.length !== x.shape.length || axes.some((axis, i) => axis !== i)) {
    throw new Error(`Transpose: expected each axis of [${x.shape}] once, got perm [${perm}]`);
  }
  const shape = perm.map((axis) => x.shape[axis]!);
  const transposition = asBlockTranspose(x.shape, perm);
  if (!transposition || x.dtype !== "float32" || util.sizeFromShape(shape) === 0) {
    return stockTranspose(inputs, attributes, backend);
  }
  const { batch, rows, columns, inner } = transposition;
  if (rows === 1 || columns === 1) return backend.reshaped(x, shape);
  const values = backend.floats(x);
  const y = backend.allocate(shape);
  backend.native.call("mlpconv_transpose", batch, rows, columns, inner, values, backend.floats(y));
  return y;
});

/** Sizes with ones, or positions with zeros, before them, until there are four. */
const toFourAxes = (numbers: readonly number[], before: 0 | 1): Int32Array =>
  Int32Array.from([...new Array<number>(AXES - numbers.length).fill(before), ...numbers]);

const origin = new Int32Array(AXES);

const stockPad = stock("PadV2");
const pad = kernel<Inputs, { paddings: [number, number][]; constantValue: number }>(
  "PadV2",
  (inputs, attributes, backend) => {
    const { x } = inputs;
    const { paddings, constantValue } = attributes;
    const valid = paddings.length === x.shape.length && paddings.flat().every((size) => size >= 0);
    if (!valid) {
      throw new Error(
        `PadV2: expected a pair of sizes from 0 up for each axis of [${x.shape}], got [${paddings.join("; ")}]`,
      );
    }
    const shape = x.shape.map((size, i) => paddings[i]![0] + size + paddings[i]![1]);
    if (x.dtype !== "float32" || x.shape.length > AXES || util.sizeFromShape(x.shape) === 0) {
      return stockPad(inputs, attributes, backend);
    }
    const values = backend.floats(x);
    const y = backend.allocate(shape);
    const to = backend.floats(y);
    const size = toFourAxes(x.shape, 1);
    const begin = toFourAxes(
      paddings.map(([before]) => before),
      0,
    );
    backend.native.call("mlpconv_fill", to.length, constantValue, to);
    backend.native.call("mlpconv_copy_box", size, size, origin, toFourAxes(shape, 1), begin, values, to);
    return y;
  },
);

const stockSlice = stock("Slice");
const slice = kernel<Inputs, { begin: number | number[]; size: number | number[] }>(
  "Slice",
  (inputs, attributes, backend) => {
    const { x } = inputs;
    // Typed for tensors, but it reads the shape alone.
    const tensor = x as Parameters<typeof slice_util.parseSliceParams>[0];
    const [begin = [], size = []] = slice_util.parseSliceParams(tensor, attributes.begin, attributes.size);
    if (x.dtype !== "float32" || x.shape.length > AXES || util.sizeFromShape(size) === 0) {
      return stockSlice(inputs, attributes, backend);
    }
    slice_util.assertParamsValid(tensor, begin, size);
    const values = backend.floats(x);
    const y = backend.allocate(size);
    const box = toFourAxes(size, 1);
    const from = toFourAxes(x.shape, 1);
    backend.native.call(
      "mlpconv_copy_box",
      box,
      from,
      toFourAxes(begin, 0),
      box,
      origin,
      values,
      backend.floats(y),
    );
    return y;
  },
);

export const dataMovementKernels = [transpose, pad, slice];
