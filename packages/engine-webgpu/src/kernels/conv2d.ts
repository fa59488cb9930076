// Conv2D and its gradients as tfjs calls them. Channels-first calls go to tfjs's own kernels.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { convolved, filterGradient, inputGradient } from "../checked-convolve.js";
import { type ConvAttributes, isChannelsLast } from "../conv-info.js";
import { kernelFor } from "../kernel.js";

export const conv2d = kernelFor<Record<"x" | "filter", TensorInfo>, ConvAttributes>(
  "Conv2D",
  isChannelsLast,
  (inputs, attributes, backend) => convolved("Conv2D", backend, inputs, attributes),
);

export const conv2dBackpropInput = kernelFor<
  Record<"dy" | "filter", TensorInfo>,
  ConvAttributes & { inputShape: number[] }
>("Conv2DBackpropInput", isChannelsLast, ({ dy, filter }, attributes, backend) =>
  inputGradient("Conv2DBackpropInput", backend, { dy }, filter, attributes),
);

export const conv2dBackpropFilter = kernelFor<
  Record<"x" | "dy", TensorInfo>,
  ConvAttributes & { filterShape: number[] }
>(
  "Conv2DBackpropFilter",
  isChannelsLast,
  ({ x, dy }, attributes, backend) =>
    filterGradient("Conv2DBackpropFilter", backend, x, { dy }, attributes)[0]!,
);
