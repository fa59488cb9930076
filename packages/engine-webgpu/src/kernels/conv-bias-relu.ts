// ConvBiasRelu and its gradients: convolution, bias and activation as one dispatch, and no masked copy of dy on the way back.
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

/** Inputs of the gradient; y, which says where the ReLU was on, only for that activation. */
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
