// The activation and bias of fused operations, for those that a compiled kernel does not apply itself: one more pass by the backend's own kernel.
import { getKernel, type NamedAttrMap, type TensorInfo } from "@tensorflow/tfjs-core";
import type { KernelBackend } from "../backend.js";

export interface FusedInputs {
  x: TensorInfo;
  filter: TensorInfo;
  bias?: TensorInfo;
  preluActivationWeights?: TensorInfo;
}

export interface FusedAttributes {
  activation: string;
  leakyreluAlpha?: number;
}

const activationKernels: Record<string, string> = {
  relu: "Relu",
  relu6: "Relu6",
  elu: "Elu",
  sigmoid: "Sigmoid",
  leakyrelu: "LeakyRelu",
  prelu: "Prelu",
};

/** Runs a kernel of this backend on a tensor that is not used afterwards, and disposes of it. */
const replace = (
  kernelName: string,
  key: string,
  tensor: TensorInfo,
  others: Record<string, TensorInfo>,
  attrs: NamedAttrMap,
  backend: KernelBackend,
): TensorInfo => {
  const { kernelFunc } = getKernel(kernelName, backend.name);
  const output = kernelFunc({ inputs: { [key]: tensor, ...others }, attrs, backend }) as TensorInfo;
  backend.disposeIntermediateTensorInfo(tensor);
  return output;
};

/**
 * activation(compute(bias, relu)), where `compute` itself adds a bias of one value for each output channel, or null, and applies the ReLU if asked to.
 *
 * @param channels number of output channels
 * @throws Error when the activation is unknown
 */
export const withActivation = (
  where: string,
  { bias, preluActivationWeights }: Partial<FusedInputs>,
  { activation, leakyreluAlpha }: FusedAttributes,
  channels: number,
  backend: KernelBackend,
  compute: (bias: TensorInfo | undefined, relu: boolean) => TensorInfo,
): TensorInfo => {
  const kernelName = activationKernels[activation];
  if (activation !== "linear" && !kernelName) {
    throw new Error(
      `${where}: expected an activation among linear, ${Object.keys(activationKernels).join(", ")}, got "${activation}"`,
    );
  }
  const simple = !bias || (bias.dtype === "float32" && bias.shape.length === 1 && bias.shape[0] === channels);
  const fused = simple && activation === "relu";
  let y = compute(simple ? bias : undefined, fused);
  if (!simple) y = replace("Add", "a", y, { b: bias }, {}, backend);
  if (activation === "linear" || fused) return y;
  const others = activation === "prelu" ? { alpha: preluActivationWeights! } : {};
  const attrs = activation === "leakyrelu" ? { alpha: leakyreluAlpha ?? 0 } : {};
  return replace(kernelName!, "x", y, others as Record<string, TensorInfo>, attrs, backend);
};
