// Conv2DBackpropFilter, which the stock backend lacks: without it no convolution trains.
import type { Conv2DBackpropFilterAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import { convInfo } from "../conv-info.js";
import { filterGradient } from "../filter-gradient.js";
import { kernel } from "../kernel.js";

type Inputs = Record<"x" | "dy", TensorInfo>;

export const conv2dBackpropFilter = kernel<Inputs, Conv2DBackpropFilterAttrs>(
  "Conv2DBackpropFilter",
  ({ x, dy }, { filterShape, ...attrs }, backend) =>
    filterGradient(backend, x, dy, convInfo("Conv2DBackpropFilter", x.shape, filterShape, attrs)),
);
