// Where a convolution's or a pooling's windows lie, as tfjs works it out and as the library takes it.
import { backend_util } from "@tensorflow/tfjs-core";
import type { ConvShape } from "./ffi.js";

export type Pad = Parameters<typeof backend_util.computeConv2DInfo>[4];
type Shape4D = [number, number, number, number];

export interface ConvAttributes {
  strides: [number, number] | number;
  pad: Pad;
  dilations?: [number, number] | number;
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
  /** For the library. */
  shape: ConvShape;
  outShape: number[];
}

/** Whether the library has it: NHWC and windows without gaps. */
export const isPlain = ({ dilations = 1, dataFormat = "NHWC" }: ConvAttributes): boolean =>
  dataFormat === "NHWC" && [dilations].flat().every((gap) => gap === 1);

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
});

/** @throws Error when the filter does not fit the input */
export const convolution = (
  where: string,
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dimRoundingMode }: ConvAttributes,
): Geometry => {
  if (inputShape.length !== 4 || filterShape.length !== 4 || inputShape[3] !== filterShape[2]) {
    throw new Error(
      `${where}: expected a filter [height, width, ${inputShape[3]}, outChannels] for an input [${inputShape}], got [${filterShape}]`,
    );
  }
  return pack(
    backend_util.computeConv2DInfo(
      inputShape as Shape4D,
      filterShape as Shape4D,
      strides,
      1,
      pad,
      dimRoundingMode,
    ),
  );
};

/** @throws Error when the input is not a batch of images */
export const pooling = (
  where: string,
  inputShape: number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): Geometry => {
  if (inputShape.length !== 4) {
    throw new Error(`${where}: expected an input [batch, height, width, channels], got [${inputShape}]`);
  }
  return pack(
    backend_util.computePool2DInfo(inputShape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode),
  );
};

/** @throws Error, with both shapes, when a tensor does not have the one that the others make necessary */
export const expectShape = (where: string, what: string, got: number[], expected: number[]): void => {
  if (got.length !== expected.length || got.some((size, i) => size !== expected[i])) {
    throw new Error(`${where}: expected ${what} [${expected}], got [${got}]`);
  }
};
