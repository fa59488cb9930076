// A convolution and its gradients as three products of implicit matrices, for the kernels that are called so.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "./backend.js";
import { type Product, product } from "./product.js";
import { type Conv, gradient, inPixels, outPixels, patch, reached, sizes, taps } from "./wgsl/convolution.js";
import { maskedGradient, maskedType } from "./wgsl/masked-gradient.js";
import { gradientScale } from "./wgsl/precision.js";
import { lanesOf } from "./wgsl/vector.js";

/** Key of a convolution's shape among the products' programs. */
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
  const { inChannels, outChannels } = conv;
  const sum = bias ? "sum + beside" : "sum";
  return product(backend, {
    name: `convolution ${geometry(conv)}`,
    read: {
      x: { tensor: x, channels: inChannels },
      weights: { tensor: filter, channels: outChannels },
      ...(bias && { bias: { tensor: bias, channels: outChannels } }),
    },
    declarations: [sizes(conv), patch(conv)].join("\n"),
    shapes: [conv.outShape],
    rows: outPixels(conv),
    columns: outChannels,
    depth: taps(conv) * inChannels,
    left: { entry: "return under(row, k);", along: "k", lanes: lanesOf(inChannels) },
    right: {
      entry: "return weights[(k * OUT + column) / OUT_LANES];",
      along: "column",
      lanes: lanesOf(outChannels),
    },
    // Not max(): that may take what is not a number for zero.
    beside: bias && "bias[column / OUT_LANES]",
    become: activation === "relu" ? `select(${sum}, Outs(), ${sum} < Outs())` : sum,
  })[0]!;
};

/** A gradient with respect to what came out, and y if a ReLU made it. */
export interface OutGradient {
  dy: TensorInfo;
  y?: TensorInfo | undefined;
}

/** How a product reads the gradient: which tensors, and by which function. */
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
  const lanes = lanesOf(channels);
  const masked = backend.derived(dy, y, () => {
    const size = util.sizeFromShape(dy.shape);
    const words = backend.precision === "mixed" ? Math.ceil(size / 2) : size;
    const made = backend.makeTensorInfo([words], "float32");
    backend.record(maskedGradient(size, lanes, backend.precision), [made, dy, y]);
    return made;
  });
  const type = maskedType(lanes, backend.precision);
  return { read: { dy: { tensor: masked, channels, type } }, declaration: gradient(false) };
};

/** The gradient with respect to x. */
export const inputGradient = (
  backend: TrainingBackend,
  conv: Conv,
  out: OutGradient,
  filter: TensorInfo,
): TensorInfo => {
  const { inChannels, outChannels } = conv;
  const { read, declaration } = gradientOf(backend, conv, out);
  return product(backend, {
    scale: gradientScale(backend.precision),
    name: `${out.y ? "masked " : ""}input gradient ${geometry(conv)}`,
    read: { ...read, weights: { tensor: filter, channels: outChannels } },
    declarations: [sizes(conv), declaration, reached(conv)].join("\n"),
    shapes: [conv.inShape],
    rows: inPixels(conv),
    columns: inChannels,
    depth: taps(conv) * outChannels,
    left: { entry: "return reached(row, k);", along: "k", lanes: lanesOf(outChannels) },
    right: {
      entry: "return weights[((k / OUT * IN + column) * OUT + k % OUT) / OUT_LANES];",
      along: "k",
      lanes: lanesOf(outChannels),
    },
  })[0]!;
};

/** The gradient with respect to the filter, [height, width, in, out], and if wanted that with respect to the bias, [out]. */
export const filterGradient = (
  backend: TrainingBackend,
  conv: Conv,
  x: TensorInfo,
  out: OutGradient,
  { withBias = false } = {},
): TensorInfo[] => {
  const { inChannels, outChannels } = conv;
  const { read, declaration } = gradientOf(backend, conv, out);
  return product(backend, {
    scale: gradientScale(backend.precision),
    name: `${out.y ? "masked " : ""}filter gradient${withBias ? " with bias" : ""} ${geometry(conv)}`,
    read: { x: { tensor: x, channels: inChannels }, ...read },
    declarations: [sizes(conv), patch(conv), declaration].join("\n"),
    // What the filter's gradient reads of dy anyway, added up, is the bias's.
    shapes: withBias ? [conv.filterShape, [outChannels]] : [conv.filterShape],
    rows: taps(conv) * inChannels,
    columns: outChannels,
    depth: outPixels(conv),
    left: { entry: "return under(k, row);", along: "row", lanes: lanesOf(inChannels) },
    right: { entry: "return gradient(k * OUT + column);", along: "column", lanes: lanesOf(outChannels) },
  });
};
