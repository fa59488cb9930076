// Checks before an engine's kernels, the same on every engine: invalid arguments are rejected before a kernel sees them.
import { tf } from "./tf.js";
import { type Attributes, explicitPad, type Inputs, windowChecks } from "./windows.js";

/** Checks a matrix product: for two batches of different sizes, tfjs's kernels pair matrices wrongly and return fewer than the shape says. */
const checkProduct = (where: string, { a, b }: Inputs, attributes: Attributes): void => {
  const { transposeA, transposeB } = attributes as { transposeA?: boolean; transposeB?: boolean };
  const inner = [a!.shape.at(transposeA ? -2 : -1), b!.shape.at(transposeB ? -1 : -2)];
  if (a!.shape.length < 2 || b!.shape.length < 2 || inner[0] !== inner[1]) {
    const marks = [transposeA, transposeB].map((transposed) => (transposed ? " transposed" : ""));
    throw new RangeError(
      `${where}: expected matrices with equal inner sizes, got [${a!.shape}]${marks[0]} and [${b!.shape}]${marks[1]}`,
    );
  }
  const [left, right] = [a!, b!].map(({ shape }) => shape.slice(0, -2));
  const single = (outer: number[]) => tf.util.sizeFromShape(outer) === 1;
  const trimmed = (outer: number[]) => outer.slice(outer.findIndex((size) => size !== 1));
  if (left!.includes(0) || right!.includes(0)) {
    throw new RangeError(
      `${where}: expected at least one matrix on each side, got [${a!.shape}] and [${b!.shape}]`,
    );
  }
  if (single(left!) || single(right!) || `${trimmed(left!)}` === `${trimmed(right!)}`) return;
  throw new RangeError(
    `${where}: expected two batches of the same sizes, or a single matrix beside a batch, got [${a!.shape}] and [${b!.shape}]; repeat one with tf.tile`,
  );
};

/** Checks a reduction: the maximum and the mean of no values are undefined, and engines return 0 or arbitrary memory. */
const checkReduced = (where: string, { x }: Inputs, attributes: Attributes): void => {
  const { axis, reductionIndices } = attributes as {
    axis?: number | number[];
    reductionIndices?: number | number[];
  };
  const axes = tf.util.parseAxisParam((axis ?? reductionIndices)!, x!.shape);
  if (axes.every((i) => x!.shape[i] !== 0)) return;
  throw new RangeError(`${where}: expected at least one value along the axes [${axes}], got [${x!.shape}]`);
};

/** Checks a slice: the kernel of the wasm backend reads past the end of the tensor. */
const checkSlice = (where: string, { x }: Inputs, attributes: Attributes): void => {
  const { begin, size } = attributes as unknown as { begin: number | number[]; size: number | number[] };
  const tensor = x as tf.Tensor; // tfjs's type is too narrow: only the shape is read
  const [from, sizes] = tf.slice_util.parseSliceParams(tensor, begin, size) as [number[], number[]];
  const whole = (value: number) => Number.isInteger(value) && value >= 0;
  if (![...from, ...sizes].every(whole)) {
    throw new RangeError(
      `${where}: expected whole places and sizes inside [${x!.shape}], got places [${begin}] and sizes [${size}]`,
    );
  }
  tf.slice_util.assertParamsValid(tensor, from, sizes);
};

const checkPaddings = (where: string, { x }: Inputs, attributes: Attributes): void => {
  const { paddings } = attributes as unknown as { paddings: [number, number][] };
  const whole = (size: number) => Number.isInteger(size) && size >= 0;
  if (paddings.length === x!.shape.length && paddings.flat().every(whole)) return;
  throw new RangeError(
    `${where}: expected a pair of whole sizes from 0 up for each axis of [${x!.shape}], got [${paddings.join("; ")}]`,
  );
};

const checkPermutation = (where: string, { x }: Inputs, attributes: Attributes): void => {
  const { perm } = attributes as unknown as { perm: number[] };
  const sorted = [...perm].sort((a, b) => a - b);
  if (sorted.length === x!.shape.length && sorted.every((axis, i) => axis === i)) return;
  throw new RangeError(`${where}: expected each axis of [${x!.shape}] once, got [${perm}]`);
};

const checks: Record<string, (where: string, inputs: Inputs, attributes: Attributes) => unknown> = {
  ...windowChecks,
  BatchMatMul: checkProduct,
  _FusedMatMul: checkProduct,
  Max: checkReduced,
  Mean: checkReduced,
  Prod: checkReduced,
  Min: checkReduced,
  ArgMax: checkReduced,
  ArgMin: checkReduced,
  Slice: checkSlice,
  PadV2: checkPaddings,
  Transpose: checkPermutation,
};

const done = new Set<string>();

/** Adds the checks to a backend's registered kernels, and converts padding to numbers by side. A second call changes nothing. */
export const checkKernels = (backendName: string): void => {
  if (done.has(backendName)) return;
  done.add(backendName);
  for (const [kernelName, check] of Object.entries(checks)) {
    const registered = tf.getKernel(kernelName, backendName);
    if (!registered) continue;
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      ...registered,
      kernelFunc: (call) => {
        const attributes = call.attrs as unknown as Attributes;
        check(kernelName, call.inputs as Inputs, attributes);
        if (typeof attributes.pad !== "number") return registered.kernelFunc(call);
        const attrs = { ...attributes, pad: explicitPad(attributes.pad, attributes.dataFormat) };
        return registered.kernelFunc({ ...call, attrs: attrs as unknown as tf.NamedAttrMap });
      },
    });
  }
};
