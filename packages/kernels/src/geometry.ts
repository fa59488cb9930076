// Computes the sizes and padding of convolutions and poolings with tfjs, and converts them to the library's arguments.
import { backend_util } from "@tensorflow/tfjs-core";
import type { ConvShape } from "./functions.js";

export type Pad = Parameters<typeof backend_util.computeConv2DInfo>[4];
type Shape4D = [number, number, number, number];

export interface ConvAttributes {
  strides: [number, number] | number;
  pad: Pad;
  /** tfjs's layers give null for none. */
  dilations?: [number, number] | number | null;
  dataFormat?: "NHWC" | "NCHW";
  dimRoundingMode?: "floor" | "round" | "ceil";
}

export interface PoolAttributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: Pad;
  dimRoundingMode?: "floor" | "round" | "ceil";
}

export interface Geometry {
  /** Arguments for the library. */
  shape: ConvShape;
  outShape: number[];
  /** Whether there are no images; then the library is not called. */
  empty: boolean;
}

/** Whether the library supports the call: NHWC, without dilation. */
export const isPlain = ({ dilations, dataFormat = "NHWC" }: ConvAttributes): boolean =>
  dataFormat === "NHWC" && [dilations ?? 1].flat().every((gap) => gap === 1);

/** Padding by side. A number pads all four sides; tfjs handles a number only for square windows and strides. */
const explicit = (pad: Pad): Pad =>
  typeof pad === "number"
    ? [
        [0, 0],
        [pad, pad],
        [pad, pad],
        [0, 0],
      ]
    : pad;

/**
 * Checks the sizes of windows: the library writes as many pixels as they imply, so a wrong size would corrupt memory.
 *
 * @throws RangeError when a size, stride or padding is not a whole number in range, or the window is larger than the padded image
 */
const checkWindow = (where: string, info: backend_util.Conv2DInfo): void => {
  const { inHeight, inWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const sides = [padInfo.top, padInfo.bottom, padInfo.left, padInfo.right];
  const whole = (least: number) => (value: number) => Number.isInteger(value) && value >= least;
  if (![filterHeight, filterWidth, strideHeight, strideWidth].every(whole(1)) || !sides.every(whole(0))) {
    throw new RangeError(
      `${where}: expected windows and strides of whole pixels from 1 up and padding from 0 up, got window ` +
        `${filterHeight}x${filterWidth}, strides ${strideHeight}x${strideWidth}, padding [${sides}]`,
    );
  }
  const [height, width] = [inHeight + padInfo.top + padInfo.bottom, inWidth + padInfo.left + padInfo.right];
  const { effectiveFilterHeight, effectiveFilterWidth } = info;
  if (inHeight < 1 || inWidth < 1 || effectiveFilterHeight > height || effectiveFilterWidth > width) {
    throw new RangeError(
      `${where}: expected a window of at most ${height}x${width}, the padded image, got ` +
        `${effectiveFilterHeight}x${effectiveFilterWidth}; use a smaller window, more padding or a larger image`,
    );
  }
};

const pack = (info: backend_util.Conv2DInfo): Geometry => ({
  shape: Int32Array.of(
    info.batchSize,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.outHeight,
    info.outWidth,
    info.outChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.padInfo.top,
    info.padInfo.left,
  ),
  outShape: info.outShape,
  empty: info.batchSize === 0,
});

/** @param last name of the filter's last size */
const checkFilter = (where: string, inputShape: number[], filterShape: number[], last: string): void => {
  if (inputShape.length !== 4 || filterShape.length !== 4 || inputShape[3] !== filterShape[2]) {
    throw new Error(
      `${where}: expected a filter [height, width, ${inputShape[3]}, ${last}] for an input [${inputShape}], got [${filterShape}]`,
    );
  }
  if (filterShape[2]! < 1 || filterShape[3]! < 1) {
    throw new RangeError(
      `${where}: expected a filter of at least one channel in and out, got [${filterShape}]`,
    );
  }
};

/** @throws Error when the filter does not fit the input or the padded image */
export const convolution = (
  where: string,
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dimRoundingMode }: ConvAttributes,
): Geometry => {
  checkFilter(where, inputShape, filterShape, "outChannels");
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    1,
    explicit(pad),
    dimRoundingMode,
  );
  checkWindow(where, info);
  return pack(info);
};

export interface DepthwiseGeometry extends Geometry {
  dilationHeight: number;
  dilationWidth: number;
}

/** @throws Error when the filter does not fit the input or the padded image */
export const depthwiseConvolution = (
  where: string,
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dilations, dimRoundingMode }: ConvAttributes,
): DepthwiseGeometry => {
  checkFilter(where, inputShape, filterShape, "multiplier");
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations ?? 1,
    explicit(pad),
    dimRoundingMode,
    true,
  );
  const { dilationHeight, dilationWidth } = info;
  if (![dilationHeight, dilationWidth].every((gap) => Number.isInteger(gap) && gap >= 1)) {
    throw new RangeError(
      `${where}: expected dilations of whole pixels from 1 up, got ${dilationHeight}x${dilationWidth}`,
    );
  }
  checkWindow(where, info);
  return { ...pack(info), dilationHeight, dilationWidth };
};

/** @throws Error when the input is not a batch of images, or a window can lie outside of the image */
export const pooling = (
  where: string,
  inputShape: number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): Geometry => {
  if (inputShape.length !== 4) {
    throw new Error(`${where}: expected an input [batch, height, width, channels], got [${inputShape}]`);
  }
  const info = backend_util.computePool2DInfo(
    inputShape as Shape4D,
    filterSize,
    strides,
    1,
    explicit(pad),
    dimRoundingMode,
  );
  checkWindow(where, info);
  const { padInfo, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth } = info;
  const outside =
    padInfo.top >= info.filterHeight ||
    padInfo.left >= info.filterWidth ||
    (outHeight - 1) * strideHeight - padInfo.top >= inHeight ||
    (outWidth - 1) * strideWidth - padInfo.left >= inWidth;
  if (outside) {
    throw new RangeError(
      `${where}: expected each window to have a pixel of the image, got padding [${[padInfo.top, padInfo.bottom, padInfo.left, padInfo.right]}] ` +
        `for a window ${info.filterHeight}x${info.filterWidth}; use padding of at most half the window`,
    );
  }
  return pack(info);
};

/** @throws Error, with both shapes, when a tensor does not have the shape that follows from the others */
export const expectShape = (where: string, what: string, got: number[], expected: number[]): void => {
  if (got.length !== expected.length || got.some((size, i) => size !== expected[i])) {
    throw new Error(`${where}: expected ${what} [${expected}], got [${got}]`);
  }
};
