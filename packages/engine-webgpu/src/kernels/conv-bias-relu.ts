// ConvBiasRelu and its gradients: convolution, bias and activation as one dispatch, and no masked copy of dy on the way back.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { convInfo, type Pad } from "../conv-info.js";
import { convolved, filterGradient, inputGradient } from "../convolve.js";
import { kernel } from "../kernel.js";

interface Attributes {
  strides: [number, number];
  pad: Pad;
  activation: "linear" | "relu";
}

export const convBiasRelu = kernel<Record<"x" | "filter" | "bias", TensorInfo>, Attributes>(
  "ConvBiasRelu",
  (inputs, { activation, ...attributes }, backend) =>
    convolved(backend, convInfo(inputs.x.shape, inputs.filter.shape, attributes), inputs, activation),
);

/** y says where the ReLU was on; without one nobody asks. */
const outGradient = (dy: TensorInfo, y: TensorInfo, { activation }: Attributes) =>
  activation === "relu" ? { dy, y } : { dy };

export const convBiasReluGradInput = kernel<
  Record<"dy" | "y" | "filter", TensorInfo>,
  Attributes & { inputShape: number[] }
>("ConvBiasReluGradInput", ({ dy, y, filter }, attributes, backend) =>
  inputGradient(
    backend,
    convInfo(attributes.inputShape, filter.shape, attributes),
    outGradient(dy, y, attributes),
    filter,
  ),
);

export const convBiasReluGradFilter = kernel<
  Record<"x" | "dy" | "y", TensorInfo>,
  Attributes & { filterShape: number[] }
>("ConvBiasReluGradFilter", ({ x, dy, y }, attributes, backend) => {
  const conv = convInfo(x.shape, attributes.filterShape, attributes);
  return filterGradient(backend, conv, x, outGradient(dy, y, attributes), { withBias: true });
});
