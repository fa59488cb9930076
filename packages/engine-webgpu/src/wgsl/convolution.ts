// Entries of the matrices in a convolution's three products: the input pixel at a filter tap, zero outside the image; the output gradient,
// zero where the ReLU was inactive. Reads do not depend on branches: outside the image the first pixel is read and discarded. Bounds are tested
// after a cast to u32, which makes negative indices too large.
import type { backend_util } from "@tensorflow/tfjs-core";
import { constants } from "./bindings.js";
import { vector, vectorWidthOf } from "./vector.js";

export type Conv = backend_util.Conv2DInfo;

/** Sizes of images and filter as constants, and the vector types of their channels. */
export const sizes = ({
  inHeight,
  inWidth,
  inChannels,
  outHeight,
  outWidth,
  outChannels,
  filterHeight,
  filterWidth,
  strideHeight,
  strideWidth,
  dilationHeight,
  dilationWidth,
  padInfo,
}: Conv): string =>
  [
    constants({ IN_HEIGHT: inHeight, IN_WIDTH: inWidth, IN_CHANNELS: inChannels }),
    constants({ OUT_HEIGHT: outHeight, OUT_WIDTH: outWidth, OUT_CHANNELS: outChannels }),
    constants({ IN_VECTOR_WIDTH: vectorWidthOf(inChannels), OUT_VECTOR_WIDTH: vectorWidthOf(outChannels) }),
    `alias InVector = ${vector(vectorWidthOf(inChannels))}; alias OutVector = ${vector(vectorWidthOf(outChannels))};`,
    constants({ FILTER_HEIGHT: filterHeight, FILTER_WIDTH: filterWidth }),
    constants({ STRIDE_HEIGHT: strideHeight, STRIDE_WIDTH: strideWidth }),
    constants({ DILATION_HEIGHT: dilationHeight, DILATION_WIDTH: dilationWidth }),
    `const PAD_TOP = ${padInfo.top}; const PAD_LEFT = ${padInfo.left};`,
  ].join("\n");

export const outPixels = ({ batchSize, outHeight, outWidth }: Conv): number =>
  batchSize * outHeight * outWidth;
export const inPixels = ({ batchSize, inHeight, inWidth }: Conv): number => batchSize * inHeight * inWidth;
export const taps = ({ filterHeight, filterWidth }: Conv): number => filterHeight * filterWidth;

/** Whether a convolution has a 1x1 filter, stride 1 and no padding, so that input and output pixels have the same indices. */
const isPointwise = (conv: Conv): boolean =>
  taps(conv) === 1 &&
  conv.strideHeight === 1 &&
  conv.strideWidth === 1 &&
  Object.values(conv.padInfo).every((side) => typeof side !== "number" || side === 0);

const isPadded = ({ padInfo: { top, bottom, left, right } }: Conv): boolean =>
  [top, bottom, left, right].some((side) => side > 0);

/** `fn input_at(pixel, tap_channel) -> InVector`: the entry of im2col's matrix for an output pixel. Reads `x`. */
export const inputAt = (conv: Conv): string =>
  isPointwise(conv)
    ? "fn input_at(pixel: u32, channel: u32) -> InVector { return x[(pixel * IN_CHANNELS + channel) / IN_VECTOR_WIDTH]; }"
    : `fn input_at(pixel: u32, tap_channel: u32) -> InVector {
  let channel = tap_channel % IN_CHANNELS;
  let tap = tap_channel / IN_CHANNELS;
  let row = i32(pixel / OUT_WIDTH % OUT_HEIGHT * STRIDE_HEIGHT + tap / FILTER_WIDTH * DILATION_HEIGHT) - PAD_TOP;
  let column = i32(pixel % OUT_WIDTH * STRIDE_WIDTH + tap % FILTER_WIDTH * DILATION_WIDTH) - PAD_LEFT;
  let image = pixel / (OUT_WIDTH * OUT_HEIGHT);
  let i = (((image * IN_HEIGHT + u32(row)) * IN_WIDTH + u32(column)) * IN_CHANNELS + channel) / IN_VECTOR_WIDTH;
  ${
    isPadded(conv)
      ? `let inside = (u32(row) < IN_HEIGHT) & (u32(column) < IN_WIDTH);
  return select(InVector(), x[select(0u, i, inside)], inside);`
      : "return x[i];"
  }
}`;

/**
 * `fn gradient(i) -> OutVector`: dy times `scale`; 0 where a ReLU gave y <= 0, but dy where y is NaN, as in PyTorch. Reads `dy`, and `y` if
 * `masked`.
 */
export const gradient = (masked: boolean, scale = 1): string => {
  const dy = `OutVector(dy[i / OUT_VECTOR_WIDTH])${scale === 1 ? "" : ` * ${scale}.0`}`;
  return `fn gradient(i: u32) -> OutVector { return ${masked ? `select(${dy}, OutVector(), y[i / OUT_VECTOR_WIDTH] <= OutVector())` : dy}; }`;
};

/** `fn gradient_at(pixel, tap_channel) -> OutVector`: the gradient of the output that reads an input pixel at a tap; 0 if there is no such output. */
export const gradientAt = (conv: Conv): string =>
  isPointwise(conv)
    ? "fn gradient_at(pixel: u32, channel: u32) -> OutVector { return gradient(pixel * OUT_CHANNELS + channel); }"
    : `fn gradient_at(pixel: u32, tap_channel: u32) -> OutVector {
  let channel = tap_channel % OUT_CHANNELS;
  let tap = tap_channel / OUT_CHANNELS;
  let padded_row = i32(pixel / IN_WIDTH % IN_HEIGHT) + PAD_TOP - i32(tap / FILTER_WIDTH * DILATION_HEIGHT);
  let padded_column = i32(pixel % IN_WIDTH) + PAD_LEFT - i32(tap % FILTER_WIDTH * DILATION_WIDTH);
  let row = u32(padded_row) / STRIDE_HEIGHT;
  let column = u32(padded_column) / STRIDE_WIDTH;
  let image = pixel / (IN_WIDTH * IN_HEIGHT);
  let is_read = (u32(padded_row) % STRIDE_HEIGHT == 0u) & (u32(padded_column) % STRIDE_WIDTH == 0u) & (row < OUT_HEIGHT) & (column < OUT_WIDTH);
  let i = ((image * OUT_HEIGHT + row) * OUT_WIDTH + column) * OUT_CHANNELS + channel;
  return select(OutVector(), gradient(select(0u, i, is_read)), is_read);
}`;
