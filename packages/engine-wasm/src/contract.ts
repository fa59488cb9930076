// Attributes and the masked gradient of the fused kernels that this engine registers beside those of tfjs: convolution, bias and
// activation as one node. @mlpconv/tensor finds the kernels by name in tfjs's registry.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { Pad } from "./conv-info.js";
import { dispose, floats, reshaped } from "./heap.js";
import { stock } from "./kernel.js";

export interface ConvAttributes {
  strides: [number, number];
  pad: Pad;
  activation: "linear" | "relu";
}

const step = stock("Step");
const multiply = stock("Multiply");

const sum = stock("Sum");

/**
 * dy where the activation let the value through, else 0; the caller disposes of it. Two SIMD kernels, 0.45 ns a value in all: a
 * loop over the heap, which would read each value once, takes 2 ns. The loop is for values that are not finite, which a product with
 * 0 does not make 0: then the sum of all products is not finite either.
 */
export const masked = (
  backend: BackendWasm,
  dy: TensorInfo,
  y: TensorInfo,
  activation: ConvAttributes["activation"],
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

/** Whether the sum of a tensor's values is a finite number, and so each of them is. */
export const isFiniteSum = (backend: BackendWasm, tensor: TensorInfo): boolean => {
  const total = sum({ x: tensor }, { axis: null, keepDims: false } as unknown as NamedAttrMap, backend);
  const finite = Number.isFinite(floats(backend, total)[0]);
  dispose(backend, total);
  return finite;
};
