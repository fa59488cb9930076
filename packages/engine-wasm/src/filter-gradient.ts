// The gradient of a convolution for its filter: dFilter[tap] = sum over output pixels of x[pixel moved by tap]^T dy[pixel],
// as XNNPACK matrix products, some taps at a time. With the batch innermost (x as [channels, height, width, batch]) the moved x is
// made of long runs, copied at memory speed; XNNPACK packs dy once for all taps.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type Conv, isPointwise } from "./conv-info.js";
import { address, allocate, dispose, floats, heap, withView } from "./heap.js";
import { stock } from "./kernel.js";
import { moveByTap } from "./move-by-tap.js";
import { transposed } from "./transpose.js";

const matMul = stock("BatchMatMul");

/** Values of x or dy summed at once. 2 MB: what is copied and packed is still in the second cache when it is multiplied. */
const CHUNK = 1 << 19;
/** Values of the moved x multiplied at once: 4 MB of scratch, enough rows that each product runs at full speed. */
const GROUP = 1 << 20;

/** dFilter [filterHeight, filterWidth, inChannels, outChannels] of x [N, H, W, inChannels] and dy [N, outH, outW, outChannels]. */
export const filterGradient = (
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  info: Conv,
): TensorInfo => {
  const conv = isPointwise(info) ? eachPixelAnImage(info) : info;
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = conv;
  const inPixels = inHeight * inWidth;
  const outPixels = outHeight * outWidth;
  const images = imagesAtOnce(batchSize, Math.max(inPixels * inChannels, outPixels * outChannels));
  const dFilter = allocate(backend, conv.filterShape);
  if (batchSize === 0) floats(backend, dFilter).fill(0);
  for (let first = 0; first < batchSize; first += images) {
    const rows = Math.min(images, batchSize - first);
    const block = { rows, planes: inPixels, columns: inChannels };
    const inner = transposed(backend, x, block, first * inPixels * inChannels);
    const add = (right: TensorInfo) => addTaps(backend, inner, right, dFilter, { first, rows }, conv);
    const offset = first * outPixels * outChannels;
    if (rows === 1 || outPixels === 1) {
      // One image or one pixel: dy has the wanted order as it is.
      withView(backend, dy, offset, [outPixels * rows, outChannels], add);
    } else {
      const right = dyBatchInner(backend, dy, offset, rows, conv);
      add(right);
      dispose(backend, right);
    }
    dispose(backend, inner);
  }
  return dFilter;
};

/** x moved by the one tap of a pointwise convolution is x, whichever pixel belongs to whichever image. */
const eachPixelAnImage = (conv: Conv): Conv => ({
  ...conv,
  batchSize: conv.batchSize * conv.inHeight * conv.inWidth,
  inHeight: 1,
  inWidth: 1,
  outHeight: 1,
  outWidth: 1,
});

/** About CHUNK values, in equal parts; a multiple of four images where there are so many, which the transposition likes. */
const imagesAtOnce = (batchSize: number, imageSize: number): number => {
  const parts = Math.ceil((batchSize * imageSize) / CHUNK);
  const images = Math.max(1, Math.ceil(batchSize / parts));
  return images < 4 ? images : Math.ceil(images / 4) * 4;
};

/** `rows` images of dy from value `offset` on, as [height * width, batch, outChannels]: a copy in runs of outChannels values. */
const dyBatchInner = (
  backend: BackendWasm,
  dy: TensorInfo,
  offset: number,
  rows: number,
  { outHeight, outWidth, outChannels }: Conv,
): TensorInfo => {
  const pixels = outHeight * outWidth;
  const inner = allocate(backend, [pixels * rows, outChannels]);
  const values = heap(backend, inner);
  const to = address(backend, inner);
  let from = address(backend, dy) + offset;
  for (let image = 0; image < rows; image++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      values.copyWithin(to + (pixel * rows + image) * outChannels, from, from + outChannels);
      from += outChannels;
    }
  }
  return inner;
};

/** Adds one chunk's share to every tap of dFilter (the first chunk sets it). */
const addTaps = (
  backend: BackendWasm,
  inner: TensorInfo,
  dy: TensorInfo,
  dFilter: TensorInfo,
  { first, rows }: { first: number; rows: number },
  conv: Conv,
): void => {
  const { inChannels, outChannels } = conv;
  const taps = conv.filterHeight * conv.filterWidth;
  const columns = dy.shape[0]!;
  const add = (left: TensorInfo, tap: number) => {
    const product = matMul({ a: left, b: dy }, { transposeA: false, transposeB: false }, backend);
    const values = floats(backend, product);
    const target = floats(backend, dFilter).subarray(tap * inChannels * outChannels);
    if (first === 0) target.set(values);
    else for (let i = 0; i < values.length; i++) target[i]! += values[i]!;
    dispose(backend, product);
  };
  if (isPointwise(conv)) {
    add(inner, 0);
    return;
  }
  const groups = Math.ceil(taps / Math.max(1, Math.floor(GROUP / (inChannels * columns))));
  const group = Math.ceil(taps / groups);
  const moved = allocate(backend, [group * inChannels, columns]);
  for (let tap = 0; tap < taps; tap += group) {
    const count = Math.min(group, taps - tap);
    for (let i = 0; i < count; i++) moveByTap(backend, inner, moved, i * inChannels, tap + i, rows, conv);
    withView(backend, moved, 0, [count * inChannels, columns], (left) => add(left, tap));
  }
  dispose(backend, moved);
};
