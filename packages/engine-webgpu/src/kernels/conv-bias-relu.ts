// ConvBiasRelu and its gradients: convolution, bias and activation in one dispatch; the gradients need no masked copy of dy.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { convolved, filterGradient, inputGradient } from "../checked-convolve.js";
import type { Pad } from "../conv-info.js";
import { kernel } from "../kernel.js";

interface Attributes {
  strides: [number, number];
  pad: Pad;
  activation: "linear" | "relu";
}

export const convBiasRelu = kernel<Record<"x" | "filter" | "bias", TensorInfo>, Attributes>(
  "ConvBiasRelu",
  (inputs, { activation, ...attributes }, backend) =>
    convolved("ConvBiasRelu", backend, inputs, attributes, activation),
);

/** Inputs of the gradient; y, which shows where the ReLU was active, only for a ReLU. */
const outGradient = (dy: TensorInfo, y: TensorInfo, { activation }: Attributes) =>
  activation === "relu" ? { dy, y } : { dy };

export const convBiasReluGradInput = kernel<
  Record<"dy" | "y" | "filter", TensorInfo>,
  Attributes & { inputShape: number[] }
>("ConvBiasReluGradInput", ({ dy, y, filter }, attributes, backend) =>
  inputGradient("ConvBiasReluGradInput", backend, outGradient(dy, y, attributes), filter, attributes),
);

export const convBiasReluGradFilter = kernel<
  Record<"x" | "dy" | "y", TensorInfo>,
  Attributes & { filterShape: number[] }
>("ConvBiasReluGradFilter", ({ x, dy, y }, attributes, backend) =>
  filterGradient("ConvBiasReluGradFilter", backend, x, outGradient(dy, y, attributes), attributes, {
    withBias: true,
  }),
);
