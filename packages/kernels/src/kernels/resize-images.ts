// Resizing of images to any size, bilinear or to the nearest pixel, and the gradients, by tables of which pixels each row and column is made of.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { expectShape } from "../geometry.js";
import { cpuKernel, kernel } from "../kernel.js";

interface Attributes {
  alignCorners: boolean;
  halfPixelCenters: boolean;
}
type Size = [height: number, width: number];

/** The pixels before and after each place of an axis, and the weight of the one after. */
interface LinearTable {
  from: number[];
  to: number[];
  share: number[];
}

/** Old pixels for each new one. */
const ratio = (old: number, size: number, { alignCorners }: Attributes): number =>
  alignCorners && size > 1 ? (old - 1) / (size - 1) : old / size;

const linearTable = (old: number, size: number, attributes: Attributes): LinearTable => {
  const step = ratio(old, size, attributes);
  const table: LinearTable = { from: [], to: [], share: [] };
  for (let i = 0; i < size; i++) {
    const place = Math.max(0, attributes.halfPixelCenters ? step * (i + 0.5) - 0.5 : step * i);
    const from = Math.min(old - 1, Math.floor(place));
    table.from.push(from);
    table.to.push(Math.min(old - 1, Math.ceil(place)));
    table.share.push(place - from);
  }
  return table;
};

const nearestTable = (old: number, size: number, attributes: Attributes): number[] => {
  const step = ratio(old, size, attributes);
  const whole = attributes.alignCorners ? Math.round : Math.floor;
  return Array.from({ length: size }, (_, i) =>
    Math.min(old - 1, whole(step * (attributes.halfPixelCenters ? i + 0.5 : i))),
  );
};

const linearTables = (old: Size, size: Size, attributes: Attributes) => {
  const [rows, columns] = [0, 1].map((axis) => linearTable(old[axis]!, size[axis]!, attributes));
  return [
    Int32Array.of(...rows!.from, ...columns!.from),
    Int32Array.of(...rows!.to, ...columns!.to),
    Float32Array.of(...rows!.share, ...columns!.share),
  ] as const;
};

const nearestTables = (old: Size, size: Size, attributes: Attributes) =>
  Int32Array.of(...nearestTable(old[0], size[0], attributes), ...nearestTable(old[1], size[1], attributes));

/**
 * Sizes for the library: batch, inHeight, inWidth, channels, height, width.
 *
 * @throws Error when the images have no pixels, or the size is not of whole pixels
 */
const sizes = (where: string, shape: number[], size: readonly number[]) => {
  const [batch, inHeight, inWidth, channels] = shape as [number, number, number, number];
  const whole = size.length === 2 && size.every((side) => Number.isInteger(side) && side >= 1);
  if (shape.length !== 4 || inHeight < 1 || inWidth < 1 || !whole) {
    throw new RangeError(
      `${where}: expected images [batch, height, width, channels] of at least one pixel and a size of whole pixels from 1 up, got [${shape}] and [${size}]`,
    );
  }
  const [height, width] = size as Size;
  return {
    all: [batch, inHeight, inWidth, channels, height, width] as const,
    old: [inHeight, inWidth] as Size,
    size: [height, width] as Size,
    outShape: [batch, height, width, channels],
  };
};

const stockBilinear = cpuKernel("ResizeBilinear");
const resizeBilinear = kernel<Record<"images", TensorInfo>, Attributes & { size: Size }>(
  "ResizeBilinear",
  (inputs, attributes, backend) => {
    const { images } = inputs;
    if (images.dtype !== "float32") return stockBilinear(inputs, attributes, backend);
    const { all, old, size, outShape } = sizes("ResizeBilinear", images.shape, attributes.size);
    const values = backend.floats(images);
    const y = backend.allocate(outShape);
    const tables = linearTables(old, size, attributes);
    backend.library.call("mlpconv_resize_linear", ...all, ...tables, values, backend.floats(y));
    return y;
  },
);

const stockNearest = cpuKernel("ResizeNearestNeighbor");
const resizeNearest = kernel<Record<"images", TensorInfo>, Attributes & { size: Size }>(
  "ResizeNearestNeighbor",
  (inputs, attributes, backend) => {
    const { images } = inputs;
    const { dtype } = images;
    if (dtype !== "float32" && dtype !== "int32") return stockNearest(inputs, attributes, backend);
    const { all, old, size, outShape } = sizes("ResizeNearestNeighbor", images.shape, attributes.size);
    const read = (tensor: TensorInfo) =>
      dtype === "float32" ? backend.floats(tensor) : backend.integers(tensor);
    const values = read(images);
    const y = backend.allocate(outShape, dtype);
    backend.library.call(
      "mlpconv_resize_nearest",
      ...all,
      nearestTables(old, size, attributes),
      values,
      read(y),
    );
    return y;
  },
);

/** What the gradients of both need: the checked sizes of the images and of dy. */
const gradientSizes = (where: string, images: TensorInfo, dy: TensorInfo) => {
  const result = sizes(where, images.shape, dy.shape.slice(1, 3));
  expectShape(where, "dy", dy.shape, result.outShape);
  return result;
};

type GradientInputs = Record<"images" | "dy", TensorInfo>;

const resizeBilinearGrad = kernel<GradientInputs, Attributes>(
  "ResizeBilinearGrad",
  ({ images, dy }, attributes, backend) => {
    const { all, old, size } = gradientSizes("ResizeBilinearGrad", images, dy);
    const gradient = backend.floats(dy);
    const dx = backend.allocate(images.shape);
    const tables = linearTables(old, size, attributes);
    if (util.sizeFromShape(dx.shape) > 0)
      backend.library.call("mlpconv_resize_linear_grad", ...all, ...tables, gradient, backend.floats(dx));
    return dx;
  },
);

const resizeNearestGrad = kernel<GradientInputs, Attributes>(
  "ResizeNearestNeighborGrad",
  ({ images, dy }, attributes, backend) => {
    const { all, old, size } = gradientSizes("ResizeNearestNeighborGrad", images, dy);
    const gradient = backend.floats(dy);
    const dx = backend.allocate(images.shape);
    const table = nearestTables(old, size, attributes);
    if (util.sizeFromShape(dx.shape) > 0)
      backend.library.call("mlpconv_resize_nearest_grad", ...all, table, gradient, backend.floats(dx));
    return dx;
  },
);

export const resizeKernels = [resizeBilinear, resizeBilinearGrad, resizeNearest, resizeNearestGrad];
