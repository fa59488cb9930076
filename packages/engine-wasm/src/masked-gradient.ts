// The gradient in front of the activation, for the fused kernels of convolution, bias and activation.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Pad } from "./conv-info.js";
import { dispose, floats, reshaped } from "./heap.js";
import { isFiniteSum } from "./is-finite-sum.js";
import { stock } from "./kernel.js";

/** Attributes of the fused kernels, which @mlpconv/tensor finds by name in tfjs's registry. */
export interface FusedConvAttributes {
  strides: [number, number];
  pad: Pad;
  activation: "linear" | "relu";
}

const step = stock("Step");
const multiply = stock("Multiply");

/**
 * dy where the activation let the value through, else 0; the caller disposes of it. Two SIMD kernels, 0.45 ns a value in all; a
 * loop over the heap takes 2 ns. The loop is needed for values that are not finite, whose product with 0 is NaN: then the sum of all
 * products is not finite either.
 */
export const maskedGradient = (
  backend: BackendWasm,
  dy: TensorInfo,
  y: TensorInfo,
  activation: FusedConvAttributes["activation"],
): TensorInfo => {
  if (activation === "linear") return reshaped(backend, dy, dy.shape);
  const on = step({ x: y }, { alpha: 0 }, backend);
  const gradient = multiply({ a: dy, b: on }, {}, backend);
  dispose(backend, on);
  if (isFiniteSum(backend, gradient)) return gradient;
  const [values, from, output] = [floats(backend, gradient), floats(backend, dy), floats(backend, y)];
  for (let i = 0; i < values.length; i++) values[i] = output[i]! <= 0 ? 0 : from[i]!;
  return gradient;
};
