// What a convolution's three products read: a pixel under a filter's tap, zeros outside the image; a gradient where the activation was on.
// Nothing is read in a branch: outside the image the first pixel is read and not used. An index below zero is, as u32, too large.
import type { backend_util } from "@tensorflow/tfjs-core";
import { constants } from "./bindings.js";
import { lanesOf, vector } from "./vector.js";

export type Conv = backend_util.Conv2DInfo;

/** Sizes of images and filter, for shaders made for them; how many channels are read at once. */
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
    constants({ IN_HEIGHT: inHeight, IN_WIDTH: inWidth, IN: inChannels }),
    constants({ OUT_HEIGHT: outHeight, OUT_WIDTH: outWidth, OUT: outChannels }),
    constants({ IN_LANES: lanesOf(inChannels), OUT_LANES: lanesOf(outChannels) }),
    `alias Ins = ${vector(lanesOf(inChannels))}; alias Outs = ${vector(lanesOf(outChannels))};`,
    constants({ FILTER_HEIGHT: filterHeight, FILTER_WIDTH: filterWidth }),
    constants({ STRIDE_DOWN: strideHeight, STRIDE_RIGHT: strideWidth }),
    constants({ DILATION_DOWN: dilationHeight, DILATION_RIGHT: dilationWidth }),
    `const ABOVE = ${padInfo.top}; const BESIDE = ${padInfo.left};`,
  ].join("\n");

export const outPixels = ({ batchSize, outHeight, outWidth }: Conv): number =>
  batchSize * outHeight * outWidth;
export const inPixels = ({ batchSize, inHeight, inWidth }: Conv): number => batchSize * inHeight * inWidth;
export const taps = ({ filterHeight, filterWidth }: Conv): number => filterHeight * filterWidth;

/** One tap, every pixel, nothing around the image: pixels in and out have the same numbers. */
const isPointwise = (conv: Conv): boolean =>
  taps(conv) === 1 &&
  conv.strideHeight === 1 &&
  conv.strideWidth === 1 &&
  Object.values(conv.padInfo).every((side) => typeof side !== "number" || side === 0);

const isPadded = ({ padInfo: { top, bottom, left, right } }: Conv): boolean =>
  [top, bottom, left, right].some((side) => side > 0);

/** `fn under(pixel, tap_channel) -> Ins`: what filters' weights are multiplied with for an output pixel. Reads `x`. */
export const patch = (conv: Conv): string =>
  isPointwise(conv)
    ? "fn under(pixel: u32, channel: u32) -> Ins { return x[(pixel * IN + channel) / IN_LANES]; }"
    : `fn under(pixel: u32, tap_channel: u32) -> Ins {
  let channel = tap_channel % IN;
  let tap = tap_channel / IN;
  let row = i32(pixel / OUT_WIDTH % OUT_HEIGHT * STRIDE_DOWN + tap / FILTER_WIDTH * DILATION_DOWN) - ABOVE;
  let column = i32(pixel % OUT_WIDTH * STRIDE_RIGHT + tap % FILTER_WIDTH * DILATION_RIGHT) - BESIDE;
  let image = pixel / (OUT_WIDTH * OUT_HEIGHT);
  let i = (((image * IN_HEIGHT + u32(row)) * IN_WIDTH + u32(column)) * IN + channel) / IN_LANES;
  ${
    isPadded(conv)
      ? `let inside = (u32(row) < IN_HEIGHT) & (u32(column) < IN_WIDTH);
  return select(Ins(), x[select(0u, i, inside)], inside);`
      : "return x[i];"
  }
}`;

/**
 * `fn gradient(i) -> Outs`: dy times `scale`, 0 where a ReLU gave y <= 0; where y is NaN it lets dy through, as in PyTorch. Reads `dy`, and `y` if it is
 * masked here.
 */
export const gradient = (masked: boolean, scale = 1): string => {
  const dy = `Outs(dy[i / OUT_LANES])${scale === 1 ? "" : ` * ${scale}.0`}`;
  return `fn gradient(i: u32) -> Outs { return ${masked ? `select(${dy}, Outs(), y[i / OUT_LANES] <= Outs())` : dy}; }`;
};

/** `fn reached(pixel, tap_channel) -> Outs`: the gradient of the output that an input pixel reaches by a tap, 0 if there is none. */
export const reached = (conv: Conv): string =>
  isPointwise(conv)
    ? "fn reached(pixel: u32, channel: u32) -> Outs { return gradient(pixel * OUT + channel); }"
    : `fn reached(pixel: u32, tap_channel: u32) -> Outs {
  let channel = tap_channel % OUT;
  let tap = tap_channel / OUT;
  let down = i32(pixel / IN_WIDTH % IN_HEIGHT) + ABOVE - i32(tap / FILTER_WIDTH * DILATION_DOWN);
  let right = i32(pixel % IN_WIDTH) + BESIDE - i32(tap % FILTER_WIDTH * DILATION_RIGHT);
  let row = u32(down) / STRIDE_DOWN;
  let column = u32(right) / STRIDE_RIGHT;
  let image = pixel / (IN_WIDTH * IN_HEIGHT);
  let reaches = (u32(down) % STRIDE_DOWN == 0u) & (u32(right) % STRIDE_RIGHT == 0u) & (row < OUT_HEIGHT) & (column < OUT_WIDTH);
  let i = ((image * OUT_HEIGHT + row) * OUT_WIDTH + column) * OUT + channel;
  return select(Outs(), gradient(select(0u, i, reaches)), reaches);
}`;
