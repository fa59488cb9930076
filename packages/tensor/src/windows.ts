// Checks the windows of convolutions and poolings. tfjs does not: a window larger than its image gives tensors with a
// negative size.
import { tf } from "./tf.js";

type Shape = [number, number, number, number];
export type Attributes = {
  strides: [number, number] | number;
  pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  /** tfjs's layers give null for none. */
  dilations?: [number, number] | number | null;
  dataFormat?: "NHWC" | "NCHW";
  dimRoundingMode?: "floor" | "round" | "ceil";
  filterSize?: [number, number] | number;
  filterShape?: Shape;
  inputShape?: Shape;
};
type Info = tf.backend_util.Conv2DInfo;

/** Padding by side. tfjs handles a single number correctly only for square windows and strides. */
export const explicitPad = <P>(pad: P | number, dataFormat = "NHWC"): P | tf.backend_util.ExplicitPadding => {
  if (typeof pad !== "number") return pad;
  const [none, side]: [number, number][] = [
    [0, 0],
    [pad, pad],
  ];
  return dataFormat === "NCHW" ? [none!, none!, side!, side!] : [none!, side!, side!, none!];
};

const isWhole = (least: number) => (value: number) => Number.isInteger(value) && value >= least;

/** @throws RangeError when a size, stride or padding is not a whole number in range, or a window is larger than the padded image */
const checkWindow = (where: string, info: Info): void => {
  const { inHeight, inWidth, filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const { top, bottom, left, right } = info.padInfo;
  const fromOne = [
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
    info.dilationHeight,
    info.dilationWidth,
  ];
  if (!fromOne.every(isWhole(1)) || ![top, bottom, left, right].every(isWhole(0))) {
    throw new RangeError(
      `${where}: expected windows, strides and dilations of whole pixels from 1 up and padding from 0 up, got window ` +
        `${filterHeight}x${filterWidth}, strides ${strideHeight}x${strideWidth}, dilations ${info.dilationHeight}x${info.dilationWidth}, ` +
        `padding [${[top, bottom, left, right]}]`,
    );
  }
  const [height, width] = [inHeight + top + bottom, inWidth + left + right];
  const window = [info.effectiveFilterHeight, info.effectiveFilterWidth] as const;
  if (inHeight < 1 || inWidth < 1 || window[0] > height || window[1] > width) {
    throw new RangeError(
      `${where}: expected a window of at most ${height}x${width}, the padded image, got ${window[0]}x${window[1]}; ` +
        "use a smaller window, more padding or a larger image",
    );
  }
};

/**
 * Computes the sizes of a convolution after checking that it is possible.
 *
 * @throws RangeError when its window, strides or padding is invalid, or the filter is for another number of channels
 */
export const convolutionInfo = (
  where: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dilations, dataFormat = "NHWC", dimRoundingMode }: Attributes,
  depthwise = false,
): Info => {
  const channels = inputShape[dataFormat === "NCHW" ? 1 : 3];
  if (inputShape.length !== 4 || filterShape.length !== 4 || channels !== filterShape[2]) {
    throw new RangeError(
      `${where}: expected a filter [height, width, ${channels}, ${depthwise ? "multiplier" : "outChannels"}] for images [${inputShape}], got [${filterShape}]`,
    );
  }
  if (!filterShape.slice(2).every(isWhole(1))) {
    throw new RangeError(
      `${where}: expected a filter of at least one channel in and out, got [${filterShape}]`,
    );
  }
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as Shape,
    filterShape as Shape,
    strides,
    dilations ?? 1,
    explicitPad(pad, dataFormat),
    dimRoundingMode,
    depthwise,
    dataFormat === "NCHW" ? "channelsFirst" : "channelsLast",
  );
  checkWindow(where, info);
  return info;
};

/** @throws RangeError when the window, strides or padding is invalid, or a window can lie outside of the image, where the result is undefined */
const poolingInfo = (
  where: string,
  inputShape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: Attributes,
): Info => {
  if (inputShape.length !== 4) {
    throw new RangeError(`${where}: expected images [batch, height, width, channels], got [${inputShape}]`);
  }
  const info = tf.backend_util.computePool2DInfo(
    inputShape as Shape,
    filterSize!,
    strides,
    1,
    explicitPad(pad),
    dimRoundingMode,
  );
  checkWindow(where, info);
  const { top, bottom, left, right } = info.padInfo;
  const lastTop = (info.outHeight - 1) * info.strideHeight - top;
  const lastLeft = (info.outWidth - 1) * info.strideWidth - left;
  const outside =
    top >= info.filterHeight ||
    left >= info.filterWidth ||
    lastTop >= info.inHeight ||
    lastLeft >= info.inWidth;
  if (outside) {
    throw new RangeError(
      `${where}: expected each window to cover a pixel of the image, got window ${info.filterHeight}x${info.filterWidth} with padding ` +
        `[${[top, bottom, left, right]}]; pad at most half of the window`,
    );
  }
  return info;
};

export type Inputs = Record<string, tf.TensorInfo>;
type Check = (where: string, inputs: Inputs, attributes: Attributes) => Info;

const convolved =
  (depthwise: boolean): Check =>
  (where, { x, input, filter }, attributes) =>
    convolutionInfo(
      where,
      attributes.inputShape ?? (x ?? input)!.shape,
      attributes.filterShape ?? filter!.shape,
      attributes,
      depthwise,
    );

const pooled: Check = (where, { x, input }, attributes) =>
  poolingInfo(where, (x ?? input)!.shape, attributes);

/** Checks that the gradient of an output has the output's shape, because kernels read as many values as the window's sizes imply. */
const ofGradient =
  (check: Check): Check =>
  (where, inputs, attributes) => {
    const info = check(where, inputs, attributes);
    const { shape } = inputs.dy!;
    if (shape.length !== 4 || shape.some((size, i) => size !== info.outShape[i])) {
      throw new RangeError(`${where}: expected dy [${info.outShape}], got [${shape}]`);
    }
    return info;
  };

/** The check of each kernel with a moving window, by kernel name. */
export const windowChecks: Record<string, Check> = {
  Conv2D: convolved(false),
  FusedConv2D: convolved(false),
  Conv2DBackpropInput: ofGradient(convolved(false)),
  Conv2DBackpropFilter: ofGradient(convolved(false)),
  DepthwiseConv2dNative: convolved(true),
  FusedDepthwiseConv2D: convolved(true),
  DepthwiseConv2dNativeBackpropInput: ofGradient(convolved(true)),
  DepthwiseConv2dNativeBackpropFilter: ofGradient(convolved(true)),
  MaxPool: pooled,
  MaxPoolGrad: ofGradient(pooled),
  MaxPoolWithArgmax: pooled,
  AvgPool: pooled,
  AvgPoolGrad: ofGradient(pooled),
};
