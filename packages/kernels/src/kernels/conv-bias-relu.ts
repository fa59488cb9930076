// Convolution, bias and ReLU as one operation, for callers that use these kernels by name: finished sums are written once,
// and the gradients apply the mask while they read dy.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Pad } from "../geometry.js";
import { kernel } from "../kernel.js";
import { forward, gradFilter, gradInput } from "./convolution.js";

interface Attributes {
  strides: [number, number];
  pad: Pad;
  activation: "linear" | "relu";
}

/** The output that masks the gradient; undefined for a linear convolution. */
const mask = (y: TensorInfo, { activation }: Attributes): TensorInfo | undefined =>
  activation === "relu" ? y : undefined;

export const convBiasRelu = kernel<Record<"x" | "filter" | "bias", TensorInfo>, Attributes>(
  "ConvBiasRelu",
  (inputs, attributes, backend) =>
    forward("ConvBiasRelu", inputs, attributes, attributes.activation === "relu", backend),
);

export const convBiasReluGradInput = kernel<
  Record<"dy" | "y" | "filter", TensorInfo>,
  Attributes & { inputShape: number[] }
>("ConvBiasReluGradInput", ({ dy, y, filter }, attributes, backend) =>
  gradInput("ConvBiasReluGradInput", { dy, y: mask(y, attributes), filter }, attributes, backend),
);

export const convBiasReluGradFilter = kernel<
  Record<"x" | "dy" | "y", TensorInfo>,
  Attributes & { filterShape: number[] }
>("ConvBiasReluGradFilter", ({ x, dy, y }, attributes, backend) =>
  gradFilter("ConvBiasReluGradFilter", { x, dy, y: mask(y, attributes) }, attributes, true, backend),
);
