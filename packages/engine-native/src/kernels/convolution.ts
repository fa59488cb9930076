// tfjs's own convolution kernels. What the library does not have (NCHW, windows with gaps) the cpu backend's do.
import type { Conv2DBackpropFilterAttrs, Conv2DBackpropInputAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../backend.js";
import { type ConvAttributes, convolution, expectShape, isPlain } from "../geometry.js";
import { kernel, stock } from "../kernel.js";

type Inputs = Record<"x" | "filter", TensorInfo>;
type FusedInputs = Inputs & Partial<Record<"bias" | "preluActivationWeights", TensorInfo>>;

const stockConv2d = stock("Conv2D");
const stockFusedConv2d = stock("FusedConv2D");
const stockBackpropInput = stock("Conv2DBackpropInput");
const stockBackpropFilter = stock("Conv2DBackpropFilter");

/** y = relu(conv2d(x, filter) + bias), bias and relu if asked for. */
export const forward = (
  where: string,
  { x, filter, bias }: FusedInputs,
  attributes: ConvAttributes,
  relu: boolean,
  backend: NativeBackend,
): TensorInfo => {
  const { shape, outShape, empty } = convolution(where, x.shape, filter.shape, attributes);
  if (bias) expectShape(where, "bias", bias.shape, [outShape[3]!]);
  const [images, weights] = [backend.floats(x), backend.floats(filter)];
  const biases = bias ? backend.floats(bias) : null;
  const y = backend.allocate(outShape);
  if (empty) return y;
  backend.native.call(
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

/** @param y the convolution's output if its relu masks dy, else undefined */
export const gradInput = (
  where: string,
  { dy, y, filter }: { dy: TensorInfo; y?: TensorInfo | undefined; filter: TensorInfo },
  attributes: ConvAttributes & { inputShape: number[] },
  backend: NativeBackend,
): TensorInfo => {
  const { inputShape } = attributes;
  const { shape, outShape, empty } = convolution(where, inputShape, filter.shape, attributes);
  expectShape(where, "dy", dy.shape, outShape);
  if (y) expectShape(where, "y", y.shape, outShape);
  const [gradient, weights] = [backend.floats(dy), backend.floats(filter)];
  const mask = y ? backend.floats(y) : null;
  const dx = backend.allocate(inputShape);
  if (empty) return dx;
  backend.native.call("mlpconv_conv_grad_input", shape, gradient, mask, weights, backend.floats(dx));
  return dx;
};

/** [dFilter] or, with `withBias`, [dFilter, dBias]. */
export const gradFilter = (
  where: string,
  { x, dy, y }: { x: TensorInfo; dy: TensorInfo; y?: TensorInfo | undefined },
  attributes: ConvAttributes & { filterShape: number[] },
  withBias: boolean,
  backend: NativeBackend,
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
  backend.native.call(
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

export const fusedConv2d = kernel<FusedInputs, ConvAttributes & { activation: string }>(
  "FusedConv2D",
  (inputs, attributes, backend) => {
    const { activation } = attributes;
    const { bias } = inputs;
    const plain = isPlain(attributes) && (!bias || bias.shape.length === 1);
    return plain && (activation === "linear" || activation === "relu")
      ? forward("FusedConv2D", inputs, attributes, activation === "relu", backend)
      : stockFusedConv2d(inputs, attributes, backend);
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
