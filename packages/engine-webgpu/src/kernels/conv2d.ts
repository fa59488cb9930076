// Conv2D and its gradients as tfjs calls them. Channels first are left to the stock kernels.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type ConvAttributes, convInfo, isChannelsLast } from "../conv-info.js";
import { convolved, filterGradient, inputGradient } from "../convolve.js";
import { kernelFor } from "../kernel.js";

export const conv2d = kernelFor<Record<"x" | "filter", TensorInfo>, ConvAttributes>(
  "Conv2D",
  isChannelsLast,
  ({ x, filter }, attributes, backend) =>
    convolved(backend, convInfo(x.shape, filter.shape, attributes), { x, filter }),
);

export const conv2dBackpropInput = kernelFor<
  Record<"dy" | "filter", TensorInfo>,
  ConvAttributes & { inputShape: number[] }
>("Conv2DBackpropInput", isChannelsLast, ({ dy, filter }, { inputShape, ...attributes }, backend) =>
  inputGradient(backend, convInfo(inputShape, filter.shape, attributes), { dy }, filter),
);

export const conv2dBackpropFilter = kernelFor<
  Record<"x" | "dy", TensorInfo>,
  ConvAttributes & { filterShape: number[] }
>(
  "Conv2DBackpropFilter",
  isChannelsLast,
  ({ x, dy }, { filterShape, ...attributes }, backend) =>
    filterGradient(backend, convInfo(x.shape, filterShape, attributes), x, { dy })[0]!,
);
