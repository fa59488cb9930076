// Conv2DBackpropInput at 25-40 GFLOP/s on one thread; the stock kernel's naive loops give 2.5.
import type { Conv2DBackpropInputAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import { convInfo, expectShape } from "../conv-info.js";
import { expectFloats } from "../heap.js";
import { inputGradient } from "../input-gradient.js";
import { kernel } from "../kernel.js";

type Inputs = Record<"dy" | "filter", TensorInfo>;

export const conv2dBackpropInput = kernel<Inputs, Conv2DBackpropInputAttrs>(
  "Conv2DBackpropInput",
  ({ dy, filter }, { inputShape, ...attrs }, backend) => {
    const conv = convInfo("Conv2DBackpropInput", inputShape, filter.shape, attrs);
    expectFloats("Conv2DBackpropInput", dy, filter);
    expectShape("Conv2DBackpropInput", "dy", dy.shape, conv.outShape);
    return inputGradient(backend, dy, filter, conv);
  },
);
