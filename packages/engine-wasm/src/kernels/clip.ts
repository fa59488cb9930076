// Relu, Relu6 and ClipByValue, whose stock kernels make a number of NaN: XNNPACK's ReLU of one whose sign bit is set, as the difference of
// two infinities has it, the others of each.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { ClipByValueAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import { floats } from "../heap.js";
import { isFiniteSum } from "../is-finite-sum.js";
import { kernel, stock } from "../kernel.js";

type Inputs = Record<"x", TensorInfo>;

/** Puts NaN where the input has it. */
const withNaN = (backend: BackendWasm, x: TensorInfo, y: TensorInfo): TensorInfo => {
  if (x.dtype !== "float32" || isFiniteSum(backend, x)) return y;
  const [from, to] = [floats(backend, x), floats(backend, y)];
  for (let i = 0; i < to.length; i++) if (Number.isNaN(from[i]!)) to[i] = Number.NaN;
  return y;
};

const stockClip = stock("ClipByValue");

const unary = (kernelName: string) => {
  const call = stock(kernelName);
  return ({ x }: Inputs, backend: BackendWasm): TensorInfo => withNaN(backend, x, call({ x }, {}, backend));
};

export const relu = unary("Relu");
const relu6 = unary("Relu6");

/** The activations that XNNPACK puts into a convolution or a product, where NaN is lost. */
export const clipping = new Map(Object.entries({ relu, relu6 }));

export const clips = [
  kernel<Inputs, ClipByValueAttrs>("ClipByValue", ({ x }, attrs, backend) =>
    withNaN(backend, x, stockClip({ x }, { ...attrs }, backend)),
  ),
  kernel<Inputs, undefined>("Relu", (inputs, _, backend) => relu(inputs, backend)),
  kernel<Inputs, undefined>("Relu6", (inputs, _, backend) => relu6(inputs, backend)),
];
