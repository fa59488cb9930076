// How a kernel is written here: a plain function of (inputs, attributes, backend), with the cpu backend's own for the rest.
import { getKernel, type KernelFunc, type NamedAttrMap, type TensorInfo } from "@tensorflow/tfjs-core";
import type { KernelBackend } from "./backend.js";

type Inputs = { [name: string]: TensorInfo };

/** A tfjs kernel for any backend of this kind. What it allocates beside its outputs it must dispose of. */
export interface KernelDefinition {
  kernelName: string;
  kernelFunc: KernelFunc;
}

export const kernel = <I, A>(
  kernelName: string,
  call: (inputs: I, attributes: A, backend: KernelBackend) => TensorInfo | TensorInfo[],
): KernelDefinition => ({
  kernelName,
  // tfjs's registry is untyped (maps of any input and attribute), so the types are claimed once, here.
  kernelFunc: ({ inputs, attrs, backend }) => call(inputs as I, attrs as A, backend as KernelBackend),
});

/** The kernel of that name that is registered for this backend, for one that is made of others. */
export const runKernel = (
  kernelName: string,
  inputs: object,
  attributes: object,
  backend: KernelBackend,
): TensorInfo => {
  const attrs = attributes as NamedAttrMap;
  return single(
    kernelName,
    getKernel(kernelName, backend.name).kernelFunc({ inputs: inputs as Inputs, attrs, backend }),
  );
};

/** The cpu backend's kernel of that name, for the types and shapes that ours leaves to it. */
export const cpuKernelOutputs =
  (kernelName: string) =>
  (inputs: object, attributes: object | undefined, backend: KernelBackend): TensorInfo | TensorInfo[] => {
    const attrs = (attributes ?? {}) as NamedAttrMap;
    return getKernel(kernelName, "cpu").kernelFunc({ inputs: inputs as Inputs, attrs, backend });
  };

/** The same for a kernel with one output. */
export const cpuKernel = (kernelName: string) => {
  const outputs = cpuKernelOutputs(kernelName);
  return (inputs: object, attributes: object | undefined, backend: KernelBackend): TensorInfo =>
    single(kernelName, outputs(inputs, attributes, backend));
};

const single = (kernelName: string, output: TensorInfo | TensorInfo[]): TensorInfo => {
  if (Array.isArray(output)) throw new Error(`${kernelName}: expected one output, got ${output.length}`);
  return output;
};
