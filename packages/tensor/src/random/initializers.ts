// Initialisers of weights (Xavier and He, drawn on the host from a stream) and PyTorch's default for biases.
import type { Stream } from "./stream.js";

/** The number of inputs and outputs that one weight connects: for HWIO filters and for [in, out] matrices. */
export const fans = (shape: readonly number[]): { fanIn: number; fanOut: number } => {
  if (shape.length < 2)
    throw new RangeError(`fans: expected [..., in, out], got [${shape}]; a bias has no fans`);
  const window = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return { fanIn: window * shape.at(-2)!, fanOut: window * shape.at(-1)! };
};

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** U(-a, a) with a = sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010), used by d2l's `init_weights`. */
export const xavierUniform = (shape: readonly number[], random: Stream): Float32Array => {
  const { fanIn, fanOut } = fans(shape);
  const bound = Math.sqrt(6 / (fanIn + fanOut));
  return random.uniform(size(shape), { low: -bound, high: bound });
};

/** N(0, 2 / fanIn), not truncated (He et al., 2015): keeps the variance through ReLU layers. */
export const heNormal = (shape: readonly number[], random: Stream): Float32Array =>
  random.normal(size(shape), { std: Math.sqrt(2 / fans(shape).fanIn) });

/** U(-a, a) with a = sqrt(6 / fanIn) (He et al., 2015). */
export const heUniform = (shape: readonly number[], random: Stream): Float32Array => {
  const bound = Math.sqrt(6 / fans(shape).fanIn);
  return random.uniform(size(shape), { low: -bound, high: bound });
};

/** U(-a, a) with a = 1 / sqrt(fanIn) of the layer's weight: PyTorch's default for biases, which `init_weights` does not change. */
export const pytorchBias = (length: number, fanIn: number, random: Stream): Float32Array => {
  const bound = 1 / Math.sqrt(fanIn);
  return random.uniform(length, { low: -bound, high: bound });
};
