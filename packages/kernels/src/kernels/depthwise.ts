// Depthwise convolutions and their gradients, with any stride, padding, dilation and number of outputs for each input channel.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { KernelBackend } from "../backend.js";
import { type ConvAttributes, depthwiseConvolution, expectShape } from "../geometry.js";
import { cpuKernel, kernel } from "../kernel.js";
import { type FusedAttributes, type FusedInputs, withActivation } from "./fused-activation.js";

/** Whether all tensors are float32 and images have their channels last; otherwise the cpu backend's kernels compute. */
const isPlain = (tensors: readonly (TensorInfo | undefined)[], { dataFormat = "NHWC" }: ConvAttributes) =>
  dataFormat === "NHWC" && tensors.every((tensor) => !tensor || tensor.dtype === "float32");

const forward = (
  where: string,
  { x, filter }: Record<"x" | "filter", TensorInfo>,
  attributes: ConvAttributes,
  bias: TensorInfo | undefined,
  relu: boolean,
  backend: KernelBackend,
): TensorInfo => {
  const geometry = depthwiseConvolution(where, x.shape, filter.shape, attributes);
  const { shape, dilationHeight, dilationWidth, outShape, empty } = geometry;
  if (bias) expectShape(where, "bias", bias.shape, [outShape[3]!]);
  const [images, weights] = [backend.floats(x), backend.floats(filter)];
  const biases = bias ? backend.floats(bias) : null;
  const y = backend.allocate(outShape);
  if (empty) return y;
  backend.library.call(
    "mlpconv_depthwise_forward",
    shape,
    dilationHeight,
    dilationWidth,
    images,
    weights,
    biases,
    Number(relu),
    backend.floats(y),
  );
  return y;
};

const stockForward = cpuKernel("DepthwiseConv2dNative");
const depthwiseConv2d = kernel<Record<"x" | "filter", TensorInfo>, ConvAttributes>(
  "DepthwiseConv2dNative",
  (inputs, attributes, backend) =>
    isPlain([inputs.x, inputs.filter], attributes)
      ? forward("DepthwiseConv2dNative", inputs, attributes, undefined, false, backend)
      : stockForward(inputs, attributes, backend),
);

const stockFused = cpuKernel("FusedDepthwiseConv2D");
const fusedDepthwiseConv2d = kernel<FusedInputs, ConvAttributes & FusedAttributes>(
  "FusedDepthwiseConv2D",
  (inputs, attributes, backend) => {
    if (!isPlain([inputs.x, inputs.filter], attributes)) return stockFused(inputs, attributes, backend);
    const where = "FusedDepthwiseConv2D";
    const channels = util.sizeFromShape(inputs.filter.shape.slice(2));
    return withActivation(where, inputs, attributes, channels, backend, (bias, relu) =>
      forward(where, inputs, attributes, bias, relu, backend),
    );
  },
);

const stockGradInput = cpuKernel("DepthwiseConv2dNativeBackpropInput");
const gradInput = kernel<Record<"dy" | "filter", TensorInfo>, ConvAttributes & { inputShape: number[] }>(
  "DepthwiseConv2dNativeBackpropInput",
  (inputs, attributes, backend) => {
    const { dy, filter } = inputs;
    if (!isPlain([dy, filter], attributes)) return stockGradInput(inputs, attributes, backend);
    const where = "DepthwiseConv2dNativeBackpropInput";
    const { inputShape } = attributes;
    const geometry = depthwiseConvolution(where, inputShape, filter.shape, attributes);
    expectShape(where, "dy", dy.shape, geometry.outShape);
    const [gradient, weights] = [backend.floats(dy), backend.floats(filter)];
    const dx = backend.allocate(inputShape);
    const { shape, dilationHeight, dilationWidth, empty } = geometry;
    if (empty) return dx;
    backend.library.call(
      "mlpconv_depthwise_grad_input",
      shape,
      dilationHeight,
      dilationWidth,
      gradient,
      weights,
      backend.floats(dx),
    );
    return dx;
  },
);

const stockGradFilter = cpuKernel("DepthwiseConv2dNativeBackpropFilter");
const gradFilter = kernel<Record<"x" | "dy", TensorInfo>, ConvAttributes & { filterShape: number[] }>(
  "DepthwiseConv2dNativeBackpropFilter",
  (inputs, attributes, backend) => {
    const { x, dy } = inputs;
    if (!isPlain([x, dy], attributes)) return stockGradFilter(inputs, attributes, backend);
    const where = "DepthwiseConv2dNativeBackpropFilter";
    const { filterShape } = attributes;
    const geometry = depthwiseConvolution(where, x.shape, filterShape, attributes);
    expectShape(where, "dy", dy.shape, geometry.outShape);
    const [images, gradient] = [backend.floats(x), backend.floats(dy)];
    const dFilter = backend.allocate(filterShape);
    const { shape, dilationHeight, dilationWidth } = geometry;
    // Without images, the kernel sums nothing.
    backend.library.call(
      "mlpconv_depthwise_grad_filter",
      shape,
      dilationHeight,
      dilationWidth,
      images,
      gradient,
      backend.floats(dFilter),
    );
    return dFilter;
  },
);

export const depthwiseKernels = [depthwiseConv2d, fusedDepthwiseConv2d, gradInput, gradFilter];
