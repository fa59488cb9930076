// Convolutions of the stock backend, with their arguments checked and three faults of XNNPACK kept out: with a stride larger than the filter
// its own reading of "same" reads the wrong pixels, so padding is handed on side by side; its ReLU makes 0 of NaN, so that is apart; and so
// does a filter of one weight, see `one-tap.ts`.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type ConvAttrs, convInfo, sides } from "../conv-info.js";
import { allocate, dispose, expectFloats } from "../heap.js";
import { kernel, stock } from "../kernel.js";
import { type Activation, convolveOneTap, losesNaN } from "../one-tap.js";
import { clipping } from "./clip.js";

type Inputs = { [name: string]: TensorInfo } & Record<"x" | "filter", TensorInfo>;

const convolution = (kernelName: string, depthwise = false) => {
  const convolve = stock(kernelName);
  return kernel<Inputs, ConvAttrs & Activation>(kernelName, (inputs, attrs, backend) => {
    const { x, filter } = inputs;
    const conv = convInfo(kernelName, x.shape, filter.shape, attrs, depthwise);
    expectFloats(kernelName, x, filter);
    if (conv.batchSize === 0) return allocate(backend, conv.outShape);
    if (losesNaN(backend, inputs, conv, depthwise)) return convolveOneTap(backend, inputs, conv, attrs);
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
