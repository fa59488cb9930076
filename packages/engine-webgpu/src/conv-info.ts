// What tfjs works out about a convolution (output size, padding by side), for the kernels that take its attributes.
import { backend_util } from "@tensorflow/tfjs-core";
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

/** The layout that our kernels are written for. */
export const isChannelsLast = (_: unknown, { dataFormat = "NHWC" }: ConvAttributes): boolean =>
  dataFormat === "NHWC";

/** A number pads all four sides. Said explicitly, because tfjs works a number out for square filters and strides alone. */
const explicit = (pad: Pad): Pad =>
  typeof pad === "number"
    ? [
        [0, 0],
        [pad, pad],
        [pad, pad],
        [0, 0],
      ]
    : pad;

export const convInfo = (
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dilations = 1, dimRoundingMode }: ConvAttributes,
): Conv =>
  // Kernels get plain number[] shapes; the op that called this one has checked the ranks.
  backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations,
    explicit(pad),
    dimRoundingMode,
  );
