// Kernels that move values of one tensor without computing, all as copies of boxes.
import { backend_util, slice_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type KernelBackend, numberTypes } from "../backend.js";
import {
  boxOf,
  copyBox,
  fill,
  isNumberTensor,
  type NumberTensor,
  newTensor,
  placesIn,
  stridesOf,
} from "../box.js";
import { cpuKernel, kernel } from "../kernel.js";

/** A kernel with one input; strings and complex numbers use the cpu backend's. */
const movement = <A>(
  kernelName: string,
  move: (backend: KernelBackend, x: NumberTensor, attributes: A) => TensorInfo,
  input: "x" | "image" = "x",
) => {
  const otherwise = cpuKernel(kernelName);
  return kernel<Record<string, TensorInfo>, A>(kernelName, (inputs, attributes, backend) => {
    const x = inputs[input]!;
    return isNumberTensor(x)
      ? move(backend, x, attributes)
      : otherwise(inputs, attributes as object, backend);
  });
};

/** x, seen in the shape `split` and with its axes in the order `perm`, in the shape `shape`. */
const permuted = (
  backend: KernelBackend,
  x: NumberTensor,
  split: readonly number[],
  perm: readonly number[],
  shape: number[],
): TensorInfo => {
  const moved = perm.filter((axis) => split[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || axis > moved[i - 1]!)) return backend.reshaped(x, shape);
  const strides = stridesOf(split);
  const from = { begin: 0, strides: perm.map((axis) => strides[axis]!) };
  return boxOf(
    backend,
    x,
    shape,
    perm.map((axis) => split[axis]!),
    from,
  );
};

const transpose = movement<{ perm: number[] }>("Transpose", (backend, x, { perm }) => {
  const axes = [...perm].sort((a, b) => a - b);
  if (axes.length !== x.shape.length || axes.some((axis, i) => axis !== i)) {
    throw new Error(`Transpose: expected each axis of [${x.shape}] once, got perm [${perm}]`);
  }
  const shape = perm.map((axis) => x.shape[axis]!);
  return permuted(backend, x, x.shape, perm, shape);
});

type Paddings = readonly (readonly [before: number, after: number])[];

/** The padded shape. @throws Error when a padding is not a whole number from 0 up to the most along its axis */
const paddedShape = (
  where: string,
  { shape }: TensorInfo,
  paddings: Paddings,
  most = (_size: number) => Number.POSITIVE_INFINITY,
): number[] => {
  const valid = (padding: number, size: number) =>
    Number.isInteger(padding) && padding >= 0 && padding <= most(size);
  if (
    paddings.length !== shape.length ||
    !paddings.every((pair, i) => pair.every((padding) => valid(padding, shape[i]!)))
  ) {
    const limits = shape.map(most).filter(Number.isFinite);
    const upTo = limits.length > 0 ? `, up to [${limits}],` : " up";
    throw new Error(
      `${where}: expected a pair of sizes from 0${upTo} for each axis of [${shape}], got [${paddings.join("; ")}]`,
    );
  }
  return shape.map((size, i) => paddings[i]![0] + size + paddings[i]![1]);
};

interface Border {
  axis: number;
  /** Whether it follows the inner part along its axis. */
  after: boolean;
  begin: number[];
  size: number[];
}

/** What padding adds to an inner part, as boxes; along the axes before its own, a border is as long as the inner part. The last axis is first. */
const borders = (inner: readonly number[], shape: readonly number[], paddings: Paddings): Border[] => {
  const border = (axis: number, after: boolean): Border => {
    const [before, behind] = paddings[axis]!;
    const position = after ? before + inner[axis]! : 0;
    const count = after ? behind : before;
    return {
      axis,
      after,
      begin: shape.map((_, i) => (i < axis ? paddings[i]![0] : i === axis ? position : 0)),
      size: shape.map((size, i) => (i < axis ? inner[i]! : i === axis ? count : size)),
    };
  };
  const all = shape.flatMap((_, axis) => [border(axis, true), border(axis, false)]);
  return all.filter(({ axis, size }) => size[axis]! > 0).reverse();
};

/** Number of values up to which all are filled before x is copied over them, because each border takes a call. */
const FEW = 4096;

const padded = (backend: KernelBackend, x: NumberTensor, paddings: Paddings, value: number): TensorInfo => {
  const shape = paddedShape("PadV2", x, paddings);
  const begin = paddings.map(([before]) => before);
  return newTensor(backend, shape, x.dtype, (y) => {
    if (util.sizeFromShape(shape) <= FEW) {
      fill(backend, y, value);
    } else {
      const one = numberTypes[x.dtype].of(value);
      const repeated = { begin: 0, strides: shape.map(() => 0) };
      for (const border of borders(x.shape, shape, paddings))
        copyBox(backend, border.size, one, repeated, y, placesIn(shape, border.begin));
    }
    copyBox(backend, x.shape, x, placesIn(x.shape), y, placesIn(shape, begin));
  });
};

const pad = movement<{ paddings: [number, number][]; constantValue: number }>(
  "PadV2",
  (backend, x, { paddings, constantValue }) => padded(backend, x, paddings, constantValue),
);

const mirrorPad = movement<{ paddings: [number, number][]; mode: "reflect" | "symmetric" }>(
  "MirrorPad",
  (backend, x, { paddings, mode }) => {
    // Distance between a border and the first value that is mirrored in it.
    const gap = mode === "symmetric" ? 0 : 1;
    const shape = paddedShape("MirrorPad", x, paddings, (size) => Math.max(size - gap, 0));
    const begin = paddings.map(([before]) => before);
    return newTensor(backend, shape, x.dtype, (y) => {
      copyBox(backend, x.shape, x, placesIn(x.shape), y, placesIn(shape, begin));
      // The borders along earlier axes also mirror those along later ones.
      for (const { axis, after, begin, size } of borders(x.shape, shape, paddings)) {
        const source = after ? begin[axis]! - 1 - gap : 2 * size[axis]! - 1 + gap;
        const from = placesIn(
          shape,
          begin.map((position, i) => (i === axis ? source : position)),
          shape.map((_, i) => (i === axis ? -1 : 1)),
        );
        copyBox(backend, size, y, from, y, placesIn(shape, begin));
      }
    });
  },
);

const sliced = (backend: KernelBackend, x: NumberTensor, begin: number[], size: number[]): TensorInfo =>
  boxOf(backend, x, size, size, placesIn(x.shape, begin));

const sliceKernel = movement<{ begin: number | number[]; size: number | number[] }>(
  "Slice",
  (backend, x, attributes) => {
    // tfjs's type is too narrow: only the shape is read.
    const tensor = x as unknown as Parameters<typeof slice_util.parseSliceParams>[0];
    const [begin = [], size = []] = slice_util.parseSliceParams(tensor, attributes.begin, attributes.size);
    slice_util.assertParamsValid(tensor, begin, size);
    return sliced(backend, x, begin, size);
  },
);

interface StridedSliceAttributes {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

const stridedSlice = movement<StridedSliceAttributes>("StridedSlice", (backend, x, attributes) => {
  const info = slice_util.sliceInfo(
    x.shape,
    attributes.begin,
    attributes.end,
    attributes.strides,
    attributes.beginMask,
    attributes.endMask,
    attributes.ellipsisMask,
    attributes.newAxisMask,
    attributes.shrinkAxisMask,
  );
  if (info.isIdentity) return backend.reshaped(x, info.finalShape);
  const from = placesIn(x.shape, info.begin, info.strides);
  // Includes the axes that the final shape lacks.
  const sizes = slice_util.computeOutShape(info.begin, info.end, info.strides);
  return boxOf(
    backend,
    x,
    info.finalShape,
    sizes.map((size) => Math.max(size, 0)),
    from,
  );
});

const reversed = (backend: KernelBackend, x: NumberTensor, dims: number | number[]): TensorInfo => {
  const axes = x.shape.length === 0 ? [] : util.parseAxisParam(dims, x.shape);
  if (axes.length === 0) return backend.reshaped(x, x.shape);
  const begin = x.shape.map((size, i) => (axes.includes(i) ? size - 1 : 0));
  const steps = x.shape.map((_, i) => (axes.includes(i) ? -1 : 1));
  return boxOf(backend, x, x.shape, x.shape, placesIn(x.shape, begin, steps));
};

const reverse = movement<{ dims: number | number[] }>("Reverse", (backend, x, { dims }) =>
  reversed(backend, x, dims),
);

const flipLeftRight = movement<undefined>("FlipLeftRight", (backend, x) => reversed(backend, x, 2), "image");

const tile = movement<{ reps: number[] }>("Tile", (backend, x, { reps }) => {
  if (reps.length !== x.shape.length || !reps.every((count) => Number.isInteger(count) && count >= 0)) {
    throw new Error(
      `Tile: expected a whole number of repetitions for each axis of [${x.shape}], got [${reps}]`,
    );
  }
  const shape = x.shape.map((size, i) => size * reps[i]!);
  const sizes = x.shape.flatMap((size, i) => [reps[i]!, size]);
  const strides = stridesOf(x.shape).flatMap((stride) => [0, stride]);
  return boxOf(backend, x, shape, sizes, { begin: 0, strides });
});

const { getPermuted, getReshaped, getReshapedPermuted } = backend_util;

const spaceToBatch = movement<{ blockShape: number[]; paddings: [number, number][] }>(
  "SpaceToBatchND",
  (backend, x, { blockShape, paddings }) => {
    const blocks = util.sizeFromShape(blockShape);
    const rest = x.shape.slice(1 + blockShape.length).map(() => [0, 0] as const);
    const image = paddings.flat().every((size) => size === 0)
      ? backend.reshaped(x, x.shape)
      : padded(backend, x, [[0, 0], ...paddings, ...rest], 0);
    try {
      const split = getReshaped(image.shape, blockShape, blocks, false);
      const shape = getReshapedPermuted(image.shape, blockShape, blocks, false);
      const perm = getPermuted(split.length, blockShape.length, false);
      return permuted(backend, image as NumberTensor, split, perm, shape);
    } finally {
      backend.disposeData(image.dataId);
    }
  },
);

const batchToSpace = movement<{ blockShape: number[]; crops: number[][] }>(
  "BatchToSpaceND",
  (backend, x, { blockShape, crops }) => {
    const blocks = util.sizeFromShape(blockShape);
    const split = getReshaped(x.shape, blockShape, blocks);
    const shape = getReshapedPermuted(x.shape, blockShape, blocks);
    const perm = getPermuted(split.length, blockShape.length);
    const whole = permuted(backend, x, split, perm, shape);
    if (crops.flat().every((size) => size === 0)) return whole;
    try {
      const begin = backend_util.getSliceBeginCoords(crops, blockShape.length);
      const cropped = backend_util.getSliceSize(shape, crops, blockShape.length);
      const size = [...cropped, ...shape.slice(cropped.length)];
      return sliced(backend, whole as NumberTensor, begin, size);
    } finally {
      backend.disposeData(whole.dataId);
    }
  },
);

const depthToSpace = movement<{ blockSize: number; dataFormat: "NHWC" | "NCHW" }>(
  "DepthToSpace",
  (backend, x, { blockSize: block, dataFormat }) => {
    const [batch, a, b, c] = x.shape as [number, number, number, number];
    if (dataFormat === "NCHW") {
      const depth = a / block ** 2;
      const shape = [batch, depth, b * block, c * block];
      return permuted(backend, x, [batch, block, block, depth, b, c], [0, 3, 4, 1, 5, 2], shape);
    }
    const depth = c / block ** 2;
    const shape = [batch, a * block, b * block, depth];
    return permuted(backend, x, [batch, a, b, block, block, depth], [0, 1, 3, 2, 4, 5], shape);
  },
);

export const dataMovementKernels = [
  batchToSpace,
  depthToSpace,
  flipLeftRight,
  mirrorPad,
  pad,
  reverse,
  sliceKernel,
  spaceToBatch,
  stridedSlice,
  tile,
  transpose,
];
