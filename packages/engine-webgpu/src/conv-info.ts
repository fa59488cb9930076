// Checks a convolution's attributes and computes its output size and padding by side.
import { backend_util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Conv } from "./wgsl/convolution.js";

export type Pad = Parameters<typeof backend_util.computeConv2DInfo>[4];
type Shape4D = [number, number, number, number];

export interface ConvAttributes {
  strides: [number, number] | number;
  pad: Pad;
  dilations?: [number, number] | number;
  dataFormat?: "NHWC" | "NCHW";
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Whether a call uses the channels-last layout, the only one of our kernels. */
export const isChannelsLast = (_: unknown, { dataFormat = "NHWC" }: ConvAttributes): boolean =>
  dataFormat === "NHWC";

/** Padding by side. A number pads all four sides; tfjs handles a number only for square filters and strides. */
export const explicit = (pad: Pad): Pad =>
  typeof pad === "number"
    ? [
        [0, 0],
        [pad, pad],
        [pad, pad],
        [0, 0],
      ]
    : pad;

/** @throws RangeError when a size, stride or padding is not a whole number in range, or the window is larger than the padded image */
export const checkWindow = (where: string, info: Conv): void => {
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
      `${where} on webgpu: expected windows, strides and dilations of whole pixels from 1 up and padding from 0 up, got window ` +
        `${filterHeight}x${filterWidth}, strides ${strideHeight}x${strideWidth}, padding [${[top, bottom, left, right]}]`,
    );
  }
  const [height, width] = [inHeight + top + bottom, inWidth + left + right];
  const window = [info.effectiveFilterHeight, info.effectiveFilterWidth] as const;
  if (inHeight < 1 || inWidth < 1 || window[0] > height || window[1] > width) {
    throw new RangeError(
      `${where} on webgpu: expected a window of at most ${height}x${width}, the padded image, got ${window[0]}x${window[1]}; ` +
        "use a smaller window, more padding or a larger image",
    );
  }
};

/** @throws Error unless all tensors are float32: our shaders read their bits as float32 */
export const expectFloats = (where: string, tensors: Record<string, TensorInfo>): void => {
  for (const [name, { dtype, shape }] of Object.entries(tensors)) {
    if (dtype === "float32") continue;
    throw new Error(
      `${where} on webgpu: expected ${name} as float32, got ${dtype} [${shape}]; convert it with tf.cast`,
    );
  }
};

/** @throws Error, with both shapes, when a tensor does not have the shape that follows from the others */
export const expectShape = (where: string, what: string, got: number[], expected: number[]): void => {
  if (got.length !== expected.length || got.some((size, i) => size !== expected[i])) {
    throw new Error(`${where} on webgpu: expected ${what} [${expected}], got [${got}]`);
  }
};

/** @throws Error when the filter is for other channels or does not fit the padded images */
export const convInfo = (
  where: string,
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dilations = 1, dimRoundingMode }: ConvAttributes,
): Conv => {
  const channels = inputShape[3];
  const fits = inputShape.length === 4 && filterShape.length === 4 && filterShape[2] === channels;
  if (!fits || filterShape[2]! < 1 || filterShape[3]! < 1) {
    throw new Error(
      `${where} on webgpu: expected a filter [height, width, ${channels}, outChannels] for images [${inputShape}], got [${filterShape}]`,
    );
  }
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations,
    explicit(pad),
    dimRoundingMode,
  );
  checkWindow(where, info);
  return { ...info, padInfo: { ...info.padInfo, ...paddingAfter(info) } };
};

/** Zeros below and to the right of the image: its padding or, if sizes are rounded up, as many as the last window needs. */
const paddingAfter = (info: Conv): { bottom: number; right: number } => {
  const { padInfo, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth } = info;
  const bottom = (outHeight - 1) * strideHeight + info.effectiveFilterHeight - inHeight - padInfo.top;
  const right = (outWidth - 1) * strideWidth + info.effectiveFilterWidth - inWidth - padInfo.left;
  return { bottom: Math.max(padInfo.bottom, bottom), right: Math.max(padInfo.right, right) };
};
