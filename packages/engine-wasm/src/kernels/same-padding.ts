// Conv2D and FusedConv2D, stock but for "same": with a stride larger than the filter XNNPACK's own reading of "same" reads the wrong
// pixels, so the padding that tfjs works out is handed on side by side.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type ConvAttrs, convInfo, sides } from "../conv-info.js";
import { kernel, stock } from "../kernel.js";

type Inputs = { [name: string]: TensorInfo } & Record<"x" | "filter", TensorInfo>;

const withoutSame = (kernelName: string) => {
  const convolve = stock(kernelName);
  return kernel<Inputs, ConvAttrs>(kernelName, (inputs, attrs, backend) => {
    if (attrs.pad !== "same") return convolve(inputs, { ...attrs }, backend);
    const conv = convInfo(kernelName, inputs.x.shape, inputs.filter.shape, attrs);
    return convolve(inputs, { ...attrs, pad: sides(conv) }, backend);
  });
};

export const conv2d = withoutSame("Conv2D");
export const fusedConv2d = withoutSame("FusedConv2D");
