// ConvBiasReluGradFilter: the gradients of ConvBiasRelu for filter and bias, [dFilter, dBias].
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { convInfo, expectShape } from "../conv-info.js";
import { filterGradient } from "../filter-gradient.js";
import { dispose, expectFloats } from "../heap.js";
import { kernel } from "../kernel.js";
import { type FusedConvAttributes, maskedGradient } from "../masked-gradient.js";
import { sumRows } from "../sum-rows.js";

type Inputs = Record<"x" | "dy" | "y", TensorInfo>;
type Attributes = FusedConvAttributes & { filterShape: number[] };

export const convBiasReluGradFilter = kernel<Inputs, Attributes>(
  "ConvBiasReluGradFilter",
  ({ x, dy, y }, { strides, pad, activation, filterShape }, backend) => {
    const conv = convInfo("ConvBiasReluGradFilter", x.shape, filterShape, { strides, pad });
    expectFloats("ConvBiasReluGradFilter", x, dy, y);
    expectShape("ConvBiasReluGradFilter", "dy", dy.shape, conv.outShape);
    expectShape("ConvBiasReluGradFilter", "y", y.shape, conv.outShape);
    const gradient = maskedGradient(backend, dy, y, activation);
    const dBias = sumRows(
      backend,
      gradient,
      util.sizeFromShape(dy.shape) / conv.outChannels,
      conv.outChannels,
    );
    const dFilter = filterGradient(backend, x, gradient, conv);
    dispose(backend, gradient);
    return [dFilter, dBias];
  },
);
