// The gradient of a convolution for its input, at XNNPACK's speed (the stock kernel is naive loops, ten times slower).
// Stride 1: a convolution of dy with the filter turned by 180 degrees and its channel axes swapped.
// Otherwise: one matrix product gives what each output pixel sends to each tap, and a loop adds that up ("col2im").
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type Conv, isPointwise } from "./conv-info.js";
import { address, allocate, dispose, floats, heap, reshaped, withView } from "./heap.js";
import { stock } from "./kernel.js";
import { transpose, transposed } from "./transpose.js";

const conv2d = stock("Conv2D");
const matMul = stock("BatchMatMul");

/** Values a product may give at once in the strided case: 16 MB of scratch. */
const CHUNK = 4 << 20;

/** dx [N, H, W, inChannels] of dy [N, outH, outW, outChannels] and a filter [height, width, inChannels, outChannels]. */
export const inputGradient = (
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  conv: Conv,
): TensorInfo => {
  if (conv.batchSize === 0) return allocate(backend, conv.inShape);
  if (isPointwise(conv)) return pointwise(backend, dy, filter, conv);
  return suitsConvolution(conv)
    ? byConvolution(backend, dy, filter, conv)
    : byProduct(backend, dy, filter, conv);
};

/** A convolution too, but XNNPACK packs a product's right side twice as fast as a filter. */
const pointwise = (
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  { inShape, inChannels, outChannels }: Conv,
): TensorInfo => {
  const right = transposed(backend, filter, { rows: inChannels, columns: outChannels });
  const left = reshaped(backend, dy, [util.sizeFromShape(dy.shape) / outChannels, outChannels]);
  const dx = matMul({ a: left, b: right }, { transposeA: false, transposeB: false }, backend);
  dispose(backend, left, right);
  return { ...dx, shape: inShape };
};

/**
 * The convolution multiplies every tap at every *input* pixel, the product at every *output* pixel. A product runs as fast but a
 * slow loop follows it, so it pays only for strides and for a filter that covers nearly the whole input.
 */
const suitsConvolution = ({ padInfo, filterHeight, filterWidth, ...conv }: Conv) =>
  conv.strideHeight === 1 &&
  conv.strideWidth === 1 &&
  conv.inHeight * conv.inWidth <= 4 * conv.outHeight * conv.outWidth &&
  Math.max(padInfo.top, padInfo.bottom) < filterHeight &&
  Math.max(padInfo.left, padInfo.right) < filterWidth;

const byConvolution = (backend: BackendWasm, dy: TensorInfo, filter: TensorInfo, conv: Conv): TensorInfo => {
  const { filterHeight, filterWidth, inChannels, outChannels, padInfo } = conv;
  const turned = allocate(backend, [filterHeight, filterWidth, outChannels, inChannels]);
  const size = inChannels * outChannels;
  const last = address(backend, turned) + (filterHeight * filterWidth - 1) * size;
  for (let tap = 0; tap < filterHeight * filterWidth; tap++) {
    const from = address(backend, filter) + tap * size;
    transpose(heap(backend, turned), from, last - tap * size, { rows: inChannels, columns: outChannels });
  }
  const rows = [filterHeight - 1 - padInfo.top, filterHeight - 1 - padInfo.bottom];
  const columns = [filterWidth - 1 - padInfo.left, filterWidth - 1 - padInfo.right];
  const pad = [[0, 0], rows, columns, [0, 0]];
  const attrs = { strides: 1, pad, dilations: 1, dataFormat: "NHWC" };
  const dx = conv2d({ x: dy, filter: turned }, attrs, backend);
  dispose(backend, turned);
  return dx;
};

const byProduct = (backend: BackendWasm, dy: TensorInfo, filter: TensorInfo, conv: Conv): TensorInfo => {
  const { batchSize, filterHeight, filterWidth, inChannels, outHeight, outWidth, outChannels } = conv;
  const rows = filterHeight * filterWidth * inChannels;
  const pixels = outHeight * outWidth;
  const dx = allocate(backend, conv.inShape);
  floats(backend, dx).fill(0);
  const right = transposed(backend, filter, { rows, columns: outChannels });
  const images = Math.min(batchSize, Math.max(1, Math.floor(CHUNK / (pixels * rows))));
  for (let first = 0; first < batchSize; first += images) {
    const batch = Math.min(images, batchSize - first);
    withView(backend, dy, first * pixels * outChannels, [batch * pixels, outChannels], (left) => {
      const sent = matMul({ a: left, b: right }, { transposeA: false, transposeB: false }, backend);
      addUp(floats(backend, sent), floats(backend, dx), first, batch, conv);
      dispose(backend, sent);
    });
  }
  dispose(backend, right);
  return dx;
};

/** Adds `sent` [batch, outHeight, outWidth, filterHeight, filterWidth, inChannels] to the pixels of dx that it came from. */
const addUp = (sent: Float32Array, dx: Float32Array, first: number, batch: number, conv: Conv): void => {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, padInfo } = conv;
  let from = 0;
  for (let image = first; image < first + batch; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const top = outRow * conv.strideHeight - padInfo.top;
        const left = outColumn * conv.strideWidth - padInfo.left;
        for (let row = top; row < top + filterHeight; row++) {
          for (let column = left; column < left + filterWidth; column++, from += inChannels) {
            if (row < 0 || row >= inHeight || column < 0 || column >= inWidth) continue;
            const to = ((image * inHeight + row) * inWidth + column) * inChannels;
            for (let channel = 0; channel < inChannels; channel++) dx[to + channel]! += sent[from + channel]!;
          }
        }
      }
    }
  }
};
