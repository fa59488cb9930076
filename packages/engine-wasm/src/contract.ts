// The attributes of the kernels beyond tfjs that this engine registers: convolution, bias and activation as one node.
// Whoever differentiates through them finds them by name in tfjs's registry; without such a caller they lie idle.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Pad } from "./conv-info.js";
import { dispose, reshaped } from "./heap.js";
import { stock } from "./kernel.js";

export interface ConvAttributes {
  strides: [number, number];
  pad: Pad;
  activation: "linear" | "relu";
}

/** A number pads all four sides. Said explicitly, because tfjs works a number out for square filters and strides alone. */
export const explicit = (pad: Pad): Pad =>
  typeof pad === "number"
    ? [
        [0, 0],
        [pad, pad],
        [pad, pad],
        [0, 0],
      ]
    : pad;

const step = stock("Step");
const multiply = stock("Multiply");

/**
 * dy where the activation let the value through, else 0; the caller disposes of it. Two SIMD kernels, 0.45 ns a value in all: a
 * loop over the heap, which would read each value once, takes 2 ns.
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
  return gradient;
};
