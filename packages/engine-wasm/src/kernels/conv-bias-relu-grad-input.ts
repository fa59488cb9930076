// ConvBiasReluGradInput: the gradient of ConvBiasRelu for x.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { convInfo, expectShape } from "../conv-info.js";
import { dispose, expectFloats } from "../heap.js";
import { inputGradient } from "../input-gradient.js";
import { kernel } from "../kernel.js";
import { type FusedConvAttributes, maskedGradient } from "../masked-gradient.js";

type Inputs = Record<"dy" | "y" | "filter", TensorInfo>;
type Attributes = FusedConvAttributes & { inputShape: number[] };

export const convBiasReluGradInput = kernel<Inputs, Attributes>(
  "ConvBiasReluGradInput",
  ({ dy, y, filter }, { strides, pad, activation, inputShape }, backend) => {
    const conv = convInfo("ConvBiasReluGradInput", inputShape, filter.shape, { strides, pad });
    expectFloats("ConvBiasReluGradInput", dy, y, filter);
    expectShape("ConvBiasReluGradInput", "dy", dy.shape, conv.outShape);
    expectShape("ConvBiasReluGradInput", "y", y.shape, conv.outShape);
    const gradient = maskedGradient(backend, dy, y, activation);
    const dx = inputGradient(backend, gradient, filter, conv);
    dispose(backend, gradient);
    return dx;
  },
);
