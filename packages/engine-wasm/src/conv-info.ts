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

/** A number pads all four sides. Written out side by side, because tfjs computes a number's output for square windows and strides alone. */
export const explicit = (pad: Pad): Pad =>
  typeof pad === "number"
    ? [
        [0, 0],
        [pad, pad],
        [pad, pad],
        [0, 0],
      ]
    : pad;

/**
 * XNNPACK works the output's size out by itself and writes as much, so the window must be one that fits.
 *
 * @throws RangeError when a size, stride or padding is not a whole number in range, or the window is larger than the padded image
 */
export const checkWindow = (kernelName: string, info: Conv): void => {
  const { inHeight, inWidth, filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const { top, bottom, left, right } = info.padInfo;
  const whole = (least: number) => (value: number) => Number.isInteger(value) && value >= least;
  const fromOne = [
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
    info.dilationHeight,
    info.dilationWidth,
  ];
  if (!fromOne.every(whole(1)) || ![top, bottom, left, right].every(whole(0))) {
    throw new RangeError(
      `${kernelName} on wasm: expected windows, strides and dilations of whole pixels from 1 up and padding from 0 up, got window ` +
        `${filterHeight}x${filterWidth}, strides ${strideHeight}x${strideWidth}, padding [${[top, bottom, left, right]}]`,
    );
  }
  const [height, width] = [inHeight + top + bottom, inWidth + left + right];
  const window = [info.effectiveFilterHeight, info.effectiveFilterWidth] as const;
  if (inHeight < 1 || inWidth < 1 || window[0] > height || window[1] > width) {
    throw new RangeError(
      `${kernelName} on wasm: expected a window of at most ${height}x${width}, the padded image, got ${window[0]}x${window[1]}; ` +
        "use a smaller window, more padding or a larger image",
    );
  }
};

/** @throws Error, with both shapes, when a tensor does not have the one that the others make necessary */
export const expectShape = (kernelName: string, what: string, got: number[], expected: number[]): void => {
  if (got.length !== expected.length || got.some((size, i) => size !== expected[i])) {
    throw new Error(`${kernelName} on wasm: expected ${what} [${expected}], got [${got}]`);
  }
};

/** @throws when the layout is not NHWC, the only one the wasm backend knows, or the filter does not fit the images */
export const convInfo = (
  kernelName: string,
  inputShape: number[],
  filterShape: number[],
  attrs: ConvAttrs,
  depthwise = false,
): Conv => {
  const { strides, pad, dilations = 1, dataFormat = "NHWC", dimRoundingMode } = attrs;
  if (dataFormat !== "NHWC") {
    throw new Error(
      `${kernelName} on wasm: expected dataFormat NHWC, got ${dataFormat}; transpose the input`,
    );
  }
  const channels = inputShape[3];
  const fits = inputShape.length === 4 && filterShape.length === 4 && filterShape[2] === channels;
  if (!fits || filterShape[2]! < 1 || filterShape[3]! < 1) {
    throw new Error(
      `${kernelName} on wasm: expected a filter [height, width, ${channels}, channels] for images [${inputShape}], got [${filterShape}]`,
    );
  }
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations,
    explicit(pad),
    dimRoundingMode,
    depthwise,
  );
  checkWindow(kernelName, info);
  return info;
};

/**
 * The padding that a window comes to, side by side: as much after the image as the last window needs, so that XNNPACK, which rounds sizes
 * down, works out the same ones however tfjs rounded.
 */
export const sides = (info: Conv): backend_util.ExplicitPadding => {
  const { inHeight, inWidth, outHeight, outWidth, padInfo } = info;
  const { top, left } = padInfo;
  const bottom = (outHeight - 1) * info.strideHeight + info.effectiveFilterHeight - inHeight - top;
  const right = (outWidth - 1) * info.strideWidth + info.effectiveFilterWidth - inWidth - left;
  return [
    [0, 0],
    [top, Math.max(0, bottom)],
    [left, Math.max(0, right)],
    [0, 0],
  ];
};

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
