// The gradients of a depthwise convolution, which the stock backend lacks, as plain loops.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type Conv, type ConvAttrs, convInfo, expectShape } from "../conv-info.js";
import { allocate, floats } from "../heap.js";
import { kernel } from "../kernel.js";

/** Calls `visit(x, filter, y)` with the three indices of each product of the convolution. */
const eachProduct = (conv: Conv, visit: (x: number, filter: number, y: number) => void): void => {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = conv;
  const multiplier = outChannels / inChannels;
  const pixels = conv.batchSize * outHeight * outWidth;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const image = Math.floor(pixel / (outHeight * outWidth));
    const top = (Math.floor(pixel / outWidth) % outHeight) * conv.strideHeight - padInfo.top;
    const left = (pixel % outWidth) * conv.strideWidth - padInfo.left;
    for (let tap = 0; tap < conv.filterHeight * conv.filterWidth; tap++) {
      const row = top + Math.floor(tap / conv.filterWidth) * conv.dilationHeight;
      const column = left + (tap % conv.filterWidth) * conv.dilationWidth;
      if (row < 0 || row >= inHeight || column < 0 || column >= inWidth) continue;
      const first = ((image * inHeight + row) * inWidth + column) * inChannels;
      for (let out = 0; out < outChannels; out++) {
        visit(first + Math.floor(out / multiplier), tap * outChannels + out, pixel * outChannels + out);
      }
    }
  }
};

export const depthwiseGradients = [
  kernel<Record<"x" | "dy", TensorInfo>, ConvAttrs & { filterShape: number[] }>(
    "DepthwiseConv2dNativeBackpropFilter",
    ({ x, dy }, attrs, backend) => {
      const conv = convInfo("DepthwiseConv2dNativeBackpropFilter", x.shape, attrs.filterShape, attrs, true);
      expectShape("DepthwiseConv2dNativeBackpropFilter", "dy", dy.shape, conv.outShape);
      const dFilter = allocate(backend, conv.filterShape);
      const [images, gradient, result] = [x, dy, dFilter].map((tensor) => floats(backend, tensor)) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      const sums = new Float64Array(result.length);
      eachProduct(conv, (x, filter, y) => {
        sums[filter]! += images[x]! * gradient[y]!;
      });
      result.set(sums);
      return dFilter;
    },
  ),
  kernel<Record<"dy" | "filter", TensorInfo>, ConvAttrs & { inputShape: number[] }>(
    "DepthwiseConv2dNativeBackpropInput",
    ({ dy, filter }, attrs, backend) => {
      const conv = convInfo(
        "DepthwiseConv2dNativeBackpropInput",
        attrs.inputShape,
        filter.shape,
        attrs,
        true,
      );
      expectShape("DepthwiseConv2dNativeBackpropInput", "dy", dy.shape, conv.outShape);
      const dx = allocate(backend, conv.inShape);
      const [weights, gradient, result] = [filter, dy, dx].map((tensor) => floats(backend, tensor)) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      result.fill(0);
      eachProduct(conv, (x, filter, y) => {
        result[x]! += weights[filter]! * gradient[y]!;
      });
      return dx;
    },
  ),
];
