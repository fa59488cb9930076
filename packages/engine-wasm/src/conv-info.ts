// What tfjs works out about a convolution (output size, padding by side), for the kernels that take its attributes.
import { backend_util } from "@tensorflow/tfjs-core";

export type Conv = backend_util.Conv2DInfo;
export type Pad = Parameters<typeof backend_util.computeConv2DInfo>[4];
type Shape4D = [number, number, number, number];

export interface ConvAttrs {
  strides: [number, number] | number;
  pad: Pad;
  dilations?: [number, number] | number;
  dataFormat?: "NHWC" | "NCHW";
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** @throws when the layout is not NHWC, the only one the wasm backend knows. */
export const convInfo = (
  kernelName: string,
  inputShape: number[],
  filterShape: number[],
  attrs: ConvAttrs,
): Conv => {
  const { strides, pad, dilations = 1, dataFormat = "NHWC", dimRoundingMode } = attrs;
  if (dataFormat !== "NHWC") {
    throw new Error(
      `${kernelName} on wasm: expected dataFormat NHWC, got ${dataFormat}; transpose the input`,
    );
  }
  // Kernels get plain number[] shapes; the op that called this one has checked the ranks.
  return backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
};

/** The padding that a convolution comes to, said side by side. */
export const sides = ({ padInfo: { top, bottom, left, right } }: Conv): backend_util.ExplicitPadding => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

/** A 1x1 convolution without stride or padding: one matrix product over all pixels. */
export const isPointwise = ({
  filterHeight,
  filterWidth,
  strideHeight,
  strideWidth,
  padInfo,
}: Conv): boolean =>
  Math.max(filterHeight, filterWidth, strideHeight, strideWidth) === 1 &&
  Math.max(padInfo.top, padInfo.left, padInfo.bottom, padInfo.right) === 0;
