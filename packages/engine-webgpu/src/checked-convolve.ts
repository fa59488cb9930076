// A convolution and its gradients for kernels: checks arguments, and runs no shader for an empty batch.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "./backend.js";
import { type ConvAttributes, convInfo, expectFloats, expectShape } from "./conv-info.js";
import * as convolve from "./convolve.js";
import type { OutGradient } from "./out-gradient.js";

/** y = activation(conv(x, filter) + bias) */
export const convolved = (
  where: string,
  backend: TrainingBackend,
  inputs: { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo | undefined },
  attributes: ConvAttributes,
  activation: "linear" | "relu" = "linear",
): TensorInfo => {
  const { x, filter, bias } = inputs;
  const conv = convInfo(where, x.shape, filter.shape, attributes);
  expectFloats(where, { x, filter, ...(bias && { bias }) });
  if (bias) expectShape(where, "bias", bias.shape, [conv.outChannels]);
  if (conv.batchSize === 0) return backend.makeTensorInfo(conv.outShape, "float32");
  return convolve.convolved(backend, conv, inputs, activation);
};

const checkGradient = (where: string, { dy, y }: OutGradient, outShape: number[]): void => {
  expectFloats(where, { dy, ...(y && { y }) });
  expectShape(where, "dy", dy.shape, outShape);
  if (y) expectShape(where, "y", y.shape, outShape);
};

/** The gradient with respect to x. */
export const inputGradient = (
  where: string,
  backend: TrainingBackend,
  out: OutGradient,
  filter: TensorInfo,
  attributes: ConvAttributes & { inputShape: number[] },
): TensorInfo => {
  const conv = convInfo(where, attributes.inputShape, filter.shape, attributes);
  checkGradient(where, out, conv.outShape);
  expectFloats(where, { filter });
  if (conv.batchSize === 0) return backend.makeTensorInfo(conv.inShape, "float32");
  return convolve.inputGradient(backend, conv, out, filter);
};

/** The gradients with respect to the filter and, if requested, the bias. */
export const filterGradient = (
  where: string,
  backend: TrainingBackend,
  x: TensorInfo,
  out: OutGradient,
  attributes: ConvAttributes & { filterShape: number[] },
  { withBias = false } = {},
): TensorInfo[] => {
  const conv = convInfo(where, x.shape, attributes.filterShape, attributes);
  checkGradient(where, out, conv.outShape);
  expectFloats(where, { x });
  if (conv.batchSize > 0) return convolve.filterGradient(backend, conv, x, out, { withBias });
  const shapes = [conv.filterShape, ...(withBias ? [[conv.outChannels]] : [])];
  return shapes.map((shape) =>
    backend.makeTensorInfo(shape, "float32", new Float32Array(util.sizeFromShape(shape))),
  );
};
