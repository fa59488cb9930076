// Convolutions with 3x3 and 5x5 filters by Winograd's F(4x4, 3x3) and F(4x4, 5x5), which need 4 and 6.25 times fewer multiplications than the direct
// sum: tiles and filter are transformed, multiplied frequency by frequency (products over channels), and the products are transformed back. The
// largest rounding error is about 1e-5 (3x3) or 4e-5 (5x5) of the largest value; for the direct sum, 1e-6.
// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2016).
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "./backend.js";
import { masked, type OutGradient } from "./out-gradient.js";
import { product } from "./product.js";
import { type Conv, gradient, outPixels, sizes } from "./wgsl/convolution.js";
import { splitKFor } from "./wgsl/gemm.js";
import { vectorWidthOf } from "./wgsl/vector.js";
import { type Matrix, winograd } from "./wgsl/winograd-matrices.js";
import {
  type Images,
  type Tiling,
  transformFilter,
  transformFilterGradient,
  transformImages,
  transformProducts,
} from "./wgsl/winograd-transforms.js";

/** Outputs of a tile along each side. */
const STEP = 4;
/** Channels must be a multiple of this, the length of a range of a product. */
const CHANNELS = 32;
/** Floating-point operations that a GPU performs in the time in which it moves a byte: 10 to 50, by the GPU. */
const OPERATIONS_PER_BYTE = 20;
/** Bytes of transformed tiles and products that are held at once. */
const MOST_BYTES = 2 ** 30;

const frequencies = ({ filterHeight }: Conv): number => (STEP + filterHeight - 1) ** 2;

const tiling = (height: number, width: number, batch: number, multiple = 1): Tiling => {
  const [high, wide] = [Math.ceil(height / STEP), Math.ceil(width / STEP)];
  return { high, wide, step: STEP, count: Math.ceil((batch * high * wide) / multiple) * multiple };
};

/** The images of a convolution's inputs. */
const inputs = ({ batchSize, inHeight, inWidth, inChannels }: Conv): Images => ({
  batch: batchSize,
  height: inHeight,
  width: inWidth,
  channels: inChannels,
});
/** The images of its outputs. */
const outputs = ({ batchSize, outHeight, outWidth, outChannels }: Conv): Images => ({
  batch: batchSize,
  height: outHeight,
  width: outWidth,
  channels: outChannels,
});

/**
 * Whether the transforms cost less than the multiplications that they save, by a model and not by measuring, so that GPUs compute the same. Only a
 * device whose buffers are too small for the transformed tiles computes the direct sum instead.
 */
export const usesWinograd = (backend: TrainingBackend, conv: Conv): boolean => {
  const { filterHeight: taps, filterWidth, inChannels, outChannels, batchSize } = conv;
  if (!backend.winograd || (taps !== 3 && taps !== 5) || filterWidth !== taps) return false;
  const ones = [conv.strideHeight, conv.strideWidth, conv.dilationHeight, conv.dilationWidth];
  if (ones.some((one) => one !== 1)) return false;
  if (inChannels % CHANNELS !== 0 || outChannels % CHANNELS !== 0) return false;
  const { high, wide } = tiling(
    Math.max(conv.inHeight, conv.outHeight),
    Math.max(conv.inWidth, conv.outWidth),
    batchSize,
  );
  const tiles = batchSize * high * wide;
  const bytesOf = (channels: number) => frequencies(conv) * tiles * channels * Float32Array.BYTES_PER_ELEMENT;
  const bytes = bytesOf(inChannels) + bytesOf(outChannels);
  const largest = bytesOf(Math.max(inChannels, outChannels));
  if (bytes > MOST_BYTES || largest > backend.device.limits.maxStorageBufferBindingSize) return false;
  const direct = 2 * taps ** 2 * outPixels(conv) * inChannels * outChannels;
  const products = 2 * frequencies(conv) * tiles * inChannels * outChannels;
  // Transformed values are written and read.
  return products + 2 * bytes * OPERATIONS_PER_BYTE < direct;
};

/** The result of `body`, after which temporary tensors are disposed of. */
const disposing = <T>(backend: TrainingBackend, temporary: TensorInfo[], body: () => T): T => {
  const result = body();
  for (const { dataId } of temporary) backend.disposeData(dataId);
  return result;
};

/** A tensor of images, and the row and column of the first tile's first pixel. */
interface Source {
  tensor: TensorInfo;
  images: Images;
  first: { row: number; column: number };
}

const transformedImages = (
  backend: TrainingBackend,
  name: string,
  { tensor, images, first }: Source,
  tiles: Tiling,
  matrix: Matrix,
): TensorInfo => {
  const made = backend.makeTensorInfo([matrix.length ** 2, tiles.count, images.channels], "float32");
  backend.record(transformImages(name, images, tiles, matrix, first), [made, tensor]);
  return made;
};

const transformedFilter = (
  backend: TrainingBackend,
  filter: TensorInfo,
  { inChannels, outChannels }: Conv,
  matrix: Matrix,
  flipped: boolean,
): TensorInfo => {
  const made = backend.makeTensorInfo([matrix.length ** 2, inChannels, outChannels], "float32");
  backend.record(transformFilter(inChannels * outChannels, matrix, flipped), [made, filter]);
  return made;
};

interface Step {
  from: Source;
  to: Images;
  filter: TensorInfo;
  /** Whether the filter is turned and its channels are exchanged, as for the gradient with respect to the input. */
  flipped: boolean;
  bias?: TensorInfo | undefined;
  relu?: boolean;
}

/** The images that a filter makes of others: at each frequency the product of tiles and filter. */
const filtered = (
  backend: TrainingBackend,
  conv: Conv,
  { from, to, filter, flipped, bias, relu = false }: Step,
): TensorInfo => {
  const matrices = winograd(STEP, conv.filterHeight);
  const tiles = tiling(to.height, to.width, to.batch);
  const count = frequencies(conv);
  const { channels } = from.images;
  const x = transformedImages(backend, "tiles", from, tiles, matrices.inputs);
  const weights = transformedFilter(backend, filter, conv, matrices.filter, flipped);
  const [products] = disposing(backend, [x, weights], () =>
    product(backend, {
      name: `winograd ${flipped ? "input gradient" : "convolution"} ${count} ${tiles.count}x${channels}x${to.channels}`,
      read: { x: { tensor: x, channels }, weights: { tensor: weights, channels: conv.outChannels } },
      shapes: [[count, tiles.count, to.channels]],
      ranges: count,
      rows: tiles.count,
      columns: to.channels,
      depth: count * channels,
      left: {
        entry: `return x[((k / ${channels}u * ROWS + row) * ${channels}u + k % ${channels}u) / 4u];`,
        contiguous: "k",
        vectorWidth: 4,
      },
      right: flipped
        ? {
            entry: `return weights[((k / ${channels}u * COLUMNS + column) * ${channels}u + k % ${channels}u) / 4u];`,
            contiguous: "k",
            vectorWidth: 4,
          }
        : { entry: "return weights[(k * COLUMNS + column) / 4u];", contiguous: "column", vectorWidth: 4 },
    }),
  );
  const made = backend.makeTensorInfo([to.batch, to.height, to.width, to.channels], "float32");
  const program = transformProducts(to, tiles, matrices.outputs, { bias: bias !== undefined, relu });
  return disposing(backend, [products!], () => {
    backend.record(program, [made, products!, ...(bias ? [bias] : [])]);
    return made;
  });
};

const inputsOf = (conv: Conv, tensor: TensorInfo): Source => ({
  tensor,
  images: inputs(conv),
  first: { row: -conv.padInfo.top, column: -conv.padInfo.left },
});

/** y = activation(conv(x, filter) + bias). */
export const winogradConvolved = (
  backend: TrainingBackend,
  conv: Conv,
  { x, filter, bias }: { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo | undefined },
  activation: "linear" | "relu",
): TensorInfo => {
  const from = inputsOf(conv, x);
  return filtered(backend, conv, {
    from,
    to: outputs(conv),
    filter,
    flipped: false,
    bias,
    relu: activation === "relu",
  });
};

const maskedGradientOf = (backend: TrainingBackend, conv: Conv, { dy, y }: OutGradient): TensorInfo =>
  y ? masked(backend, dy, y, vectorWidthOf(conv.outChannels)) : dy;

/** The gradient with respect to x: the convolution of the gradient with the turned filter. */
export const winogradInputGradient = (
  backend: TrainingBackend,
  conv: Conv,
  out: OutGradient,
  filter: TensorInfo,
): TensorInfo => {
  const beyond = conv.filterHeight - 1;
  const first = { row: conv.padInfo.top - beyond, column: conv.padInfo.left - beyond };
  const from = { tensor: maskedGradientOf(backend, conv, out), images: outputs(conv), first };
  return filtered(backend, conv, { from, to: inputs(conv), filter, flipped: true });
};

/** The gradients with respect to the filter and, if requested, the bias. A tile's gradient plays the part of the filter. */
export const winogradFilterGradient = (
  backend: TrainingBackend,
  conv: Conv,
  x: TensorInfo,
  out: OutGradient,
  { withBias }: { withBias: boolean },
): TensorInfo[] => {
  const { inChannels, outChannels, outHeight, outWidth, batchSize } = conv;
  const matrices = winograd(conv.filterHeight, STEP);
  const count = frequencies(conv);
  const size = inChannels * outChannels;
  const splits = splitKFor(count * inChannels, outChannels, tiling(outHeight, outWidth, batchSize).count);
  const tiles = tiling(outHeight, outWidth, batchSize, CHANNELS * splits);
  const dy = maskedGradientOf(backend, conv, out);
  const left = transformedImages(backend, "tiles", inputsOf(conv, x), tiles, matrices.inputs);
  const gradients = { tensor: dy, images: outputs(conv), first: { row: 0, column: 0 } };
  const right = transformedImages(backend, "gradient", gradients, tiles, matrices.filter);
  const [products] = disposing(backend, [left, right], () =>
    product(backend, {
      name: `winograd filter gradient ${count} ${splits} ${inChannels}x${tiles.count}x${outChannels}`,
      read: { x: { tensor: left, channels: inChannels }, dy: { tensor: right, channels: outChannels } },
      shapes: [[count * splits, inChannels, outChannels]],
      ranges: count * splits,
      rows: inChannels,
      columns: outChannels,
      depth: count * tiles.count,
      left: { entry: "return x[(k * ROWS + row) / 4u];", contiguous: "row", vectorWidth: 4 },
      right: { entry: "return dy[(k * COLUMNS + column) / 4u];", contiguous: "column", vectorWidth: 4 },
    }),
  );
  const made = backend.makeTensorInfo(conv.filterShape, "float32");
  disposing(backend, [products!], () =>
    backend.record(transformFilterGradient(size, splits, matrices.outputs), [made, products!]),
  );
  return withBias ? [made, biasGradient(backend, conv, dy)] : [made];
};

/** The sum of the gradient over pixels: a product with a row of ones. */
const biasGradient = (backend: TrainingBackend, conv: Conv, dy: TensorInfo): TensorInfo =>
  product(backend, {
    name: `bias gradient ${outPixels(conv)}x${conv.outChannels}`,
    read: { dy: { tensor: dy, channels: conv.outChannels } },
    declarations: [sizes(conv), gradient(false)].join("\n"),
    shapes: [[conv.outChannels]],
    rows: 1,
    columns: conv.outChannels,
    depth: outPixels(conv),
    left: { entry: "return 1.0;", contiguous: "row", vectorWidth: 1 },
    right: {
      entry: "return gradient(k * OUT_CHANNELS + column);",
      contiguous: "column",
      vectorWidth: vectorWidthOf(conv.outChannels),
    },
  })[0]!;
