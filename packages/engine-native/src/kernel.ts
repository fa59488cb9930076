// How this package writes a kernel: a plain function of (inputs, attributes, backend), with the cpu backend's own for the rest.
import {
  copyRegisteredKernels,
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu"; // registers the kernels that are copied below
import { backendName, type NativeBackend } from "./backend.js";

// Kernels of the cpu backend work on typed arrays, which is what tensors are here too.
copyRegisteredKernels("cpu", backendName);

type Inputs = { [name: string]: TensorInfo };

/** A tfjs kernel of this backend. What it allocates beside its outputs it must dispose of. */
export const kernel = <I, A>(
  kernelName: string,
  call: (inputs: I, attributes: A, backend: NativeBackend) => TensorInfo | TensorInfo[],
): KernelConfig => ({
  kernelName,
  backendName,
  // tfjs's registry is untyped (maps of any input and attribute), so the types are claimed once, here.
  kernelFunc: ({ inputs, attrs, backend }) => call(inputs as I, attrs as A, backend as NativeBackend),
});

/** The cpu backend's kernel of that name, for the dtypes and shapes that ours leaves to it. */
export const stock = (kernelName: string) => {
  const config = getKernel(kernelName, backendName);
  return (inputs: object, attributes: object | undefined, backend: NativeBackend): TensorInfo => {
    const attrs = (attributes ?? {}) as NamedAttrMap;
    const output = config.kernelFunc({ inputs: inputs as Inputs, attrs, backend });
    if (Array.isArray(output)) throw new Error(`${kernelName}: expected one output, got ${output.length}`);
    return output;
  };
};
