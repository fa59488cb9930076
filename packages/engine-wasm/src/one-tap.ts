// Convolutions with a filter of one weight for each channel, where XNNPACK makes -Infinity of NaN: it takes them for a clamp of products.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Conv } from "./conv-info.js";
import { allocate, floats } from "./heap.js";
import { isFiniteSum } from "./is-finite-sum.js";

type Tensors = { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo; preluActivationWeights?: TensorInfo };

/** What follows the sum, as a fused kernel's attributes name it. */
export interface Activation {
  activation?: string;
  leakyreluAlpha?: number;
}

const activations: Record<string, (z: number, alpha: number) => number> = {
  linear: (z) => z,
  relu: (z) => Math.max(z, 0),
  relu6: (z) => Math.min(Math.max(z, 0), 6),
  elu: (z) => (z < 0 ? Math.expm1(z) : z),
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  leakyrelu: (z, alpha) => (z < 0 ? alpha * z : z),
  prelu: (z, alpha) => (z < 0 ? alpha * z : z),
};

const isOneTap = (
  { filterHeight, filterWidth, inChannels, outChannels }: Conv,
  depthwise: boolean,
): boolean => filterHeight * filterWidth === 1 && (depthwise || (inChannels === 1 && outChannels === 1));

/** Whether XNNPACK would lose a NaN: only such a filter, and values that are not finite, need a look at each. */
export const losesNaN = (
  backend: BackendWasm,
  { x, filter, bias }: Tensors,
  conv: Conv,
  depthwise = false,
): boolean =>
  isOneTap(conv, depthwise) &&
  [x, filter, bias].some((tensor) => tensor !== undefined && !isFiniteSum(backend, tensor));

/**
 * The convolution as a loop.
 *
 * @throws Error for an activation that the stock kernels do not know either
 */
export const convolveOneTap = (
  backend: BackendWasm,
  { x, filter, bias, preluActivationWeights }: Tensors,
  conv: Conv,
  { activation = "linear", leakyreluAlpha = 0 }: Activation = {},
): TensorInfo => {
  const activate = activations[activation];
  if (!activate)
    throw new Error(`wasm: expected an activation of ${Object.keys(activations)}, got ${activation}`);
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = conv;
  const y = allocate(backend, conv.outShape);
  const [values, weights, result] = [floats(backend, x), floats(backend, filter), floats(backend, y)];
  const biases = bias ? floats(backend, bias) : Float32Array.of(0);
  const alphas = preluActivationWeights
    ? floats(backend, preluActivationWeights)
    : Float32Array.of(leakyreluAlpha);
  const multiplier = outChannels / inChannels;
  let at = 0;
  for (let image = 0; image < conv.batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const inRow = row * conv.strideHeight - padInfo.top;
      for (let column = 0; column < outWidth; column++) {
        const inColumn = column * conv.strideWidth - padInfo.left;
        const inside = inRow >= 0 && inRow < inHeight && inColumn >= 0 && inColumn < inWidth;
        const from = ((image * inHeight + inRow) * inWidth + inColumn) * inChannels;
        for (let channel = 0; channel < outChannels; channel++) {
          const value = inside ? values[from + Math.floor(channel / multiplier)]! : 0;
          const z = value * weights[channel]! + biases[channel % biases.length]!;
          result[at++] = activate(z, alphas[channel % alphas.length]!);
        }
      }
    }
  }
  return y;
};
