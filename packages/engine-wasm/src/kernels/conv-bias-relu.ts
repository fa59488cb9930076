// ConvBiasRelu: the stock fused convolution, which tfjs uses in inference, for training too.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { convInfo, expectShape, isPointwise, sides } from "../conv-info.js";
import { allocate, dispose, expectFloats, reshaped } from "../heap.js";
import { kernel, stock } from "../kernel.js";
import type { FusedConvAttributes } from "../masked-gradient.js";
import { convolveOneTap, losesNaN } from "../one-tap.js";
import { relu } from "./clip.js";

type Inputs = Record<"x" | "filter" | "bias", TensorInfo>;
const fusedConv2d = stock("FusedConv2D");
const fusedMatMul = stock("_FusedMatMul");

export const convBiasRelu = kernel<Inputs, FusedConvAttributes>(
  "ConvBiasRelu",
  ({ x, filter, bias }, attrs, backend) => {
    const { strides, activation } = attrs;
    const conv = convInfo("ConvBiasRelu", x.shape, filter.shape, { strides, pad: attrs.pad });
    expectFloats("ConvBiasRelu", x, filter, bias);
    expectShape("ConvBiasRelu", "bias", bias.shape, [conv.outChannels]);
    if (conv.batchSize === 0) return allocate(backend, conv.outShape);
    // The ReLU apart: XNNPACK's own makes 0 of NaN.
    const activated = (z: TensorInfo): TensorInfo => {
      if (activation === "linear") return z;
      const y = relu({ x: z }, backend);
      dispose(backend, z);
      return y;
    };
    if (losesNaN(backend, { x, filter, bias }, conv))
      return convolveOneTap(backend, { x, filter, bias }, conv, { activation });
    if (!isPointwise(conv)) {
      const attributes = {
        strides,
        pad: sides(conv),
        activation: "linear",
        dilations: 1,
        dataFormat: "NHWC",
      };
      return activated(fusedConv2d({ x, filter, bias }, attributes, backend));
    }
    // A product, because XNNPACK packs its right side twice as fast as a filter, and in training filters are new at every step.
    const { inChannels, outChannels, outShape } = conv;
    const a = reshaped(backend, x, [1, util.sizeFromShape(x.shape) / inChannels, inChannels]);
    const b = reshaped(backend, filter, [1, inChannels, outChannels]);
    const attributes = { transposeA: false, transposeB: false, activation: "linear" };
    const z = fusedMatMul({ a, b, bias }, attributes, backend);
    dispose(backend, a, b);
    return { ...activated(z), shape: outShape };
  },
);
