// ConvBiasRelu: the stock fused convolution, which tfjs uses in inference, for training too.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type ConvAttributes, explicit } from "../contract.js";
import { convInfo, isPointwise, sides } from "../conv-info.js";
import { dispose, reshaped } from "../heap.js";
import { kernel, stock } from "../kernel.js";

type Inputs = Record<"x" | "filter" | "bias", TensorInfo>;
const fusedConv2d = stock("FusedConv2D");
const fusedMatMul = stock("_FusedMatMul");

export const convBiasRelu = kernel<Inputs, ConvAttributes>(
  "ConvBiasRelu",
  ({ x, filter, bias }, attrs, backend) => {
    const { strides, activation } = attrs;
    const conv = convInfo("ConvBiasRelu", x.shape, filter.shape, { strides, pad: explicit(attrs.pad) });
    if (!isPointwise(conv)) {
      const attributes = { strides, pad: sides(conv), activation, dilations: 1, dataFormat: "NHWC" };
      return fusedConv2d({ x, filter, bias }, attributes, backend);
    }
    // A product, because XNNPACK packs its right side twice as fast as a filter, and in training filters are new at every step.
    const { inChannels, outChannels, outShape } = conv;
    const a = reshaped(backend, x, [1, util.sizeFromShape(x.shape) / inChannels, inChannels]);
    const b = reshaped(backend, filter, [1, inChannels, outChannels]);
    const y = fusedMatMul({ a, b, bias }, { transposeA: false, transposeB: false, activation }, backend);
    dispose(backend, a, b);
    return { ...y, shape: outShape };
  },
);
