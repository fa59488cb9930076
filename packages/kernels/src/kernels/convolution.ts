// tfjs's own convolution kernels. Calls that the library does not support (NCHW, dilation) use the cpu backend's kernels.
import type { Conv2DBackpropFilterAttrs, Conv2DBackpropInputAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import type { KernelBackend } from "../backend.js";
import { type ConvAttributes, convolution, expectShape, isPlain } from "../geometry.js";
import { cpuKernel, kernel } from "../kernel.js";
import { type FusedAttributes, type FusedInputs, withActivation } from "./fused-activation.js";

type Inputs = Record<"x" | "filter", TensorInfo>;

const stockConv2d = cpuKernel("Conv2D");
const stockFusedConv2d = cpuKernel("FusedConv2D");
const stockBackpropInput = cpuKernel("Conv2DBackpropInput");
const stockBackpropFilter = cpuKernel("Conv2DBackpropFilter");

/** y = relu(conv2d(x, filter) + bias), with bias and relu optional. */
export const forward = (
  where: string,
  { x, filter, bias }: Inputs & { bias?: TensorInfo | undefined },
  attributes: ConvAttributes,
  relu: boolean,
  backend: KernelBackend,
): TensorInfo => {
  const { shape, outShape, empty } = convolution(where, x.shape, filter.shape, attributes);
  if (bias) expectShape(where, "bias", bias.shape, [outShape[3]!]);
  const [images, weights] = [backend.floats(x), backend.floats(filter)];
  const biases = bias ? backend.floats(bias) : null;
  const y = backend.allocate(outShape);
  if (empty) return y;
  backend.library.call(
    "mlpconv_conv_forward",
    shape,
    images,
    weights,
    biases,
    Number(relu),
    backend.floats(y),
  );
  return y;
};

/** @param y the convolution's output if its relu masks dy, otherwise undefined */
export const gradInput = (
  where: string,
  { dy, y, filter }: { dy: TensorInfo; y?: TensorInfo | undefined; filter: TensorInfo },
  attributes: ConvAttributes & { inputShape: number[] },
  backend: KernelBackend,
): TensorInfo => {
  const { inputShape } = attributes;
  const { shape, outShape, empty } = convolution(where, inputShape, filter.shape, attributes);
  expectShape(where, "dy", dy.shape, outShape);
  if (y) expectShape(where, "y", y.shape, outShape);
  const [gradient, weights] = [backend.floats(dy), backend.floats(filter)];
  const mask = y ? backend.floats(y) : null;
  const dx = backend.allocate(inputShape);
  if (empty) return dx;
  backend.library.call("mlpconv_conv_grad_input", shape, gradient, mask, weights, backend.floats(dx));
  return dx;
};

/** [dFilter] or, with `withBias`, [dFilter, dBias]. */
export const gradFilter = (
  where: string,
  { x, dy, y }: { x: TensorInfo; dy: TensorInfo; y?: TensorInfo | undefined },
  attributes: ConvAttributes & { filterShape: number[] },
  withBias: boolean,
  backend: KernelBackend,
): TensorInfo[] => {
  const { filterShape } = attributes;
  const { shape, outShape, empty } = convolution(where, x.shape, filterShape, attributes);
  expectShape(where, "dy", dy.shape, outShape);
  if (y) expectShape(where, "y", y.shape, outShape);
  const [images, gradient] = [backend.floats(x), backend.floats(dy)];
  const mask = y ? backend.floats(y) : null;
  const dFilter = backend.allocate(filterShape);
  const dBias = withBias ? backend.allocate([outShape[3]!]) : undefined;
  const results = dBias ? [dFilter, dBias] : [dFilter];
  if (empty) {
    for (const result of results) backend.floats(result).fill(0);
    return results;
  }
  backend.library.call(
    "mlpconv_conv_grad_filter",
    shape,
    images,
    gradient,
    mask,
    backend.floats(dFilter),
    dBias ? backend.floats(dBias) : null,
  );
  return results;
};

export const conv2d = kernel<Inputs, ConvAttributes>("Conv2D", (inputs, attributes, backend) =>
  isPlain(attributes)
    ? forward("Conv2D", inputs, attributes, false, backend)
    : stockConv2d(inputs, attributes, backend),
);

export const fusedConv2d = kernel<FusedInputs, ConvAttributes & FusedAttributes>(
  "FusedConv2D",
  (inputs, attributes, backend) => {
    if (!isPlain(attributes)) return stockFusedConv2d(inputs, attributes, backend);
    const channels = inputs.filter.shape.at(-1)!;
    return withActivation("FusedConv2D", inputs, attributes, channels, backend, (bias, relu) =>
      forward("FusedConv2D", { ...inputs, bias }, attributes, relu, backend),
    );
  },
);

export const conv2dBackpropInput = kernel<Record<"dy" | "filter", TensorInfo>, Conv2DBackpropInputAttrs>(
  "Conv2DBackpropInput",
  (inputs, attributes, backend) =>
    isPlain(attributes)
      ? gradInput("Conv2DBackpropInput", inputs, attributes, backend)
      : stockBackpropInput(inputs, attributes, backend),
);

export const conv2dBackpropFilter = kernel<Record<"x" | "dy", TensorInfo>, Conv2DBackpropFilterAttrs>(
  "Conv2DBackpropFilter",
  (inputs, attributes, backend) =>
    isPlain(attributes)
      ? gradFilter("Conv2DBackpropFilter", inputs, attributes, false, backend)[0]!
      : stockBackpropFilter(inputs, attributes, backend),
);
