// A convolution and its gradients as three matrix products whose matrices are not stored (implicit GEMM).
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "./backend.js";
import { masked, type OutGradient } from "./out-gradient.js";
import { epilogueOf, type Product, product } from "./product.js";
import {
  type Conv,
  gradient,
  gradientAt,
  inPixels,
  inputAt,
  outPixels,
  sizes,
  taps,
} from "./wgsl/convolution.js";
import { maskedType } from "./wgsl/masked-gradient.js";
import { gradientScale } from "./wgsl/precision.js";
import { vectorWidthOf } from "./wgsl/vector.js";
import {
  usesWinograd,
  winogradConvolved,
  winogradFilterGradient,
  winogradInputGradient,
} from "./winograd.js";

/** Sizes of a convolution in the keys of its products. */
const geometry = (conv: Conv): string =>
  [conv.inShape, conv.outShape, conv.filterHeight, conv.filterWidth, conv.strideHeight, conv.strideWidth]
    .concat(conv.dilationHeight, conv.dilationWidth, conv.padInfo.top, conv.padInfo.left)
    .join(" ");

/** y = activation(conv(x, filter) + bias), [batch, height, width, channels]. */
export const convolved = (
  backend: TrainingBackend,
  conv: Conv,
  { x, filter, bias }: { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo | undefined },
  activation: "linear" | "relu" = "linear",
): TensorInfo => {
  if (usesWinograd(backend, conv)) return winogradConvolved(backend, conv, { x, filter, bias }, activation);
  const { inChannels, outChannels } = conv;
  return product(backend, {
    name: `convolution ${geometry(conv)}`,
    read: {
      x: { tensor: x, channels: inChannels },
      weights: { tensor: filter, channels: outChannels },
    },
    declarations: [sizes(conv), inputAt(conv)].join("\n"),
    shapes: [conv.outShape],
    rows: outPixels(conv),
    columns: outChannels,
    depth: taps(conv) * inChannels,
    left: { entry: "return input_at(row, k);", contiguous: "k", vectorWidth: vectorWidthOf(inChannels) },
    right: {
      entry: "return weights[(k * OUT_CHANNELS + column) / OUT_VECTOR_WIDTH];",
      contiguous: "column",
      vectorWidth: vectorWidthOf(outChannels),
    },
    bias,
    epilogue: epilogueOf(bias !== undefined, activation),
  })[0]!;
};

/** The tensors from which a product reads the gradient, and the WGSL function for it. */
const gradientOf = (
  backend: TrainingBackend,
  conv: Conv,
  { dy, y }: OutGradient,
): { read: Product["read"]; declaration: string } => {
  const { outChannels: channels } = conv;
  const scale = gradientScale(backend.precision);
  if (!y || taps(conv) === 1)
    return {
      read: { dy: { tensor: dy, channels }, ...(y && { y: { tensor: y, channels } }) },
      declaration: gradient(y !== undefined, scale),
    };
  const vectorWidth = vectorWidthOf(channels);
  const type = maskedType(vectorWidth, backend.precision);
  return {
    read: { dy: { tensor: masked(backend, dy, y, vectorWidth), channels, type } },
    declaration: gradient(false),
  };
};

/** The gradient with respect to x. */
export const inputGradient = (
  backend: TrainingBackend,
  conv: Conv,
  out: OutGradient,
  filter: TensorInfo,
): TensorInfo => {
  if (usesWinograd(backend, conv)) return winogradInputGradient(backend, conv, out, filter);
  const { inChannels, outChannels } = conv;
  const { read, declaration } = gradientOf(backend, conv, out);
  return product(backend, {
    scale: gradientScale(backend.precision),
    name: `${out.y ? "masked " : ""}input gradient ${geometry(conv)}`,
    read: { ...read, weights: { tensor: filter, channels: outChannels } },
    declarations: [sizes(conv), declaration, gradientAt(conv)].join("\n"),
    shapes: [conv.inShape],
    rows: inPixels(conv),
    columns: inChannels,
    depth: taps(conv) * outChannels,
    left: { entry: "return gradient_at(row, k);", contiguous: "k", vectorWidth: vectorWidthOf(outChannels) },
    right: {
      entry:
        "return weights[((k / OUT_CHANNELS * IN_CHANNELS + column) * OUT_CHANNELS + k % OUT_CHANNELS) / OUT_VECTOR_WIDTH];",
      contiguous: "k",
      vectorWidth: vectorWidthOf(outChannels),
    },
  })[0]!;
};

/** The gradients with respect to the filter, [height, width, in, out], and, if requested, the bias, [out]. */
export const filterGradient = (
  backend: TrainingBackend,
  conv: Conv,
  x: TensorInfo,
  out: OutGradient,
  { withBias = false } = {},
): TensorInfo[] => {
  if (usesWinograd(backend, conv)) return winogradFilterGradient(backend, conv, x, out, { withBias });
  const { inChannels, outChannels } = conv;
  const { read, declaration } = gradientOf(backend, conv, out);
  return product(backend, {
    scale: gradientScale(backend.precision),
    name: `${out.y ? "masked " : ""}filter gradient${withBias ? " with bias" : ""} ${geometry(conv)}`,
    read: { x: { tensor: x, channels: inChannels }, ...read },
    declarations: [sizes(conv), inputAt(conv), declaration].join("\n"),
    // The bias's gradient is the sum of dy over pixels, which the product for the filter's gradient reads anyway.
    shapes: withBias ? [conv.filterShape, [outChannels]] : [conv.filterShape],
    rows: taps(conv) * inChannels,
    columns: outChannels,
    depth: outPixels(conv),
    left: { entry: "return input_at(k, row);", contiguous: "row", vectorWidth: vectorWidthOf(inChannels) },
    right: {
      entry: "return gradient(k * OUT_CHANNELS + column);",
      contiguous: "column",
      vectorWidth: vectorWidthOf(outChannels),
    },
  });
};
