// Defines kernels of this engine as plain functions of (inputs, attributes, backend).
import "@tensorflow/tfjs-backend-webgpu"; // registers tfjs's own kernels
import { getKernel, type KernelConfig, type KernelFunc, type TensorInfo } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "./backend.js";

/** The backend's name in tfjs. */
const backendName = "webgpu";

type Call<I, A> = (inputs: I, attrs: A, backend: TrainingBackend) => TensorInfo | TensorInfo[];

/** A tfjs kernel of this backend. It must dispose of everything that it allocates except its outputs. */
export const kernel = <I, A>(kernelName: string, call: Call<I, A>): KernelConfig => ({
  kernelName,
  backendName,
  // tfjs's registry is untyped (maps of any input and attribute), so types are asserted here, once for all kernels.
  kernelFunc: ({ inputs, attrs, backend }) => call(inputs as I, attrs as A, backend as TrainingBackend),
});

/** A `kernel` for the calls that `takes` accepts; `others`, by default tfjs's own kernel of that name, handles all others. */
export const kernelFor = <I, A>(
  kernelName: string,
  takes: (inputs: I, attrs: A) => boolean,
  call: Call<I, A>,
  others: KernelFunc = getKernel(kernelName, backendName).kernelFunc,
): KernelConfig => {
  const ours = kernel(kernelName, call);
  return {
    ...ours,
    kernelFunc: (given) => (takes(given.inputs as I, given.attrs as A) ? ours.kernelFunc : others)(given),
  };
};
