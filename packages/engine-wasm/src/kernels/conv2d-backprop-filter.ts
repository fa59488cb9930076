// Conv2DBackpropFilter, which the stock backend lacks: without it no convolution trains.
import type { Conv2DBackpropFilterAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import { convInfo, expectShape } from "../conv-info.js";
import { filterGradient } from "../filter-gradient.js";
import { expectFloats } from "../heap.js";
import { kernel } from "../kernel.js";

type Inputs = Record<"x" | "dy", TensorInfo>;

export const conv2dBackpropFilter = kernel<Inputs, Conv2DBackpropFilterAttrs>(
  "Conv2DBackpropFilter",
  ({ x, dy }, { filterShape, ...attrs }, backend) => {
    const conv = convInfo("Conv2DBackpropFilter", x.shape, filterShape, attrs);
    expectFloats("Conv2DBackpropFilter", x, dy);
    expectShape("Conv2DBackpropFilter", "dy", dy.shape, conv.outShape);
    return filterGradient(backend, x, dy, conv);
  },
);
