// Convolutions of the stock backend, with their arguments checked and two faults of XNNPACK kept out: with a stride larger than the filter
// its own reading of "same" reads the wrong pixels, so padding is handed on side by side; and its ReLU makes 0 of NaN, so that is apart.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type ConvAttrs, convInfo, sides } from "../conv-info.js";
import { allocate, dispose, expectFloats } from "../heap.js";
import { kernel, stock } from "../kernel.js";
import { clipping } from "./clip.js";

type Inputs = { [name: string]: TensorInfo } & Record<"x" | "filter", TensorInfo>;

const convolution = (kernelName: string, depthwise = false) => {
  const convolve = stock(kernelName);
  return kernel<Inputs, ConvAttrs & { activation?: string }>(kernelName, (inputs, attrs, backend) => {
    const { x, filter } = inputs;
    const conv = convInfo(kernelName, x.shape, filter.shape, attrs, depthwise);
    expectFloats(kernelName, x, filter);
    if (conv.batchSize === 0) return allocate(backend, conv.outShape);
    const activate = clipping.get(attrs.activation ?? "linear");
    const { dimRoundingMode: _, ...others } = attrs;
    const attributes = { ...others, pad: sides(conv), ...(activate && { activation: "linear" }) };
    const z = convolve(inputs, attributes, backend);
    if (!activate) return z;
    const y = activate({ x: z }, backend);
    dispose(backend, z);
    return y;
  });
};

export const conv2d = convolution("Conv2D");
export const fusedConv2d = convolution("FusedConv2D");
export const depthwiseConv2d = convolution("DepthwiseConv2dNative", true);
export const fusedDepthwiseConv2d = convolution("FusedDepthwiseConv2D", true);
