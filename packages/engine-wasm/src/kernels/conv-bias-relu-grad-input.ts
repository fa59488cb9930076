// ConvBiasReluGradInput: the gradient of ConvBiasRelu for x.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type ConvAttributes, masked } from "../contract.js";
import { convInfo, expectShape } from "../conv-info.js";
import { dispose, expectFloats } from "../heap.js";
import { inputGradient } from "../input-gradient.js";
import { kernel } from "../kernel.js";

type Inputs = Record<"dy" | "y" | "filter", TensorInfo>;
type Attributes = ConvAttributes & { inputShape: number[] };

export const convBiasReluGradInput = kernel<Inputs, Attributes>(
  "ConvBiasReluGradInput",
  ({ dy, y, filter }, { strides, pad, activation, inputShape }, backend) => {
    const conv = convInfo("ConvBiasReluGradInput", inputShape, filter.shape, { strides, pad });
    expectFloats("ConvBiasReluGradInput", dy, y, filter);
    expectShape("ConvBiasReluGradInput", "dy", dy.shape, conv.outShape);
    expectShape("ConvBiasReluGradInput", "y", y.shape, conv.outShape);
    const gradient = masked(backend, dy, y, activation);
    const dx = inputGradient(backend, gradient, filter, conv);
    dispose(backend, gradient);
    return dx;
  },
);
