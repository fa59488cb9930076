// How this engine writes a kernel: a plain function of (inputs, attributes, backend).
import "@tensorflow/tfjs-backend-webgpu"; // registers the stock kernels
import { getKernel, type KernelConfig, type KernelFunc, type TensorInfo } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "./backend.js";

/** The name tfjs knows the backend by. */
const backendName = "webgpu";

type Call<I, A> = (inputs: I, attrs: A, backend: TrainingBackend) => TensorInfo | TensorInfo[];

/** A tfjs kernel of this backend. Whatever it allocates beside its outputs it disposes of. */
export const kernel = <I, A>(kernelName: string, call: Call<I, A>): KernelConfig => ({
  kernelName,
  backendName,
  // tfjs's registry is untyped (maps of any input and attribute), so the types are claimed once, here.
  kernelFunc: ({ inputs, attrs, backend }) => call(inputs as I, attrs as A, backend as TrainingBackend),
});

/** A `kernel` for the calls that it `takes`; all others go to the stock kernel of that name. */
export const kernelFor = <I, A>(
  kernelName: string,
  takes: (inputs: I, attrs: A) => boolean,
  call: Call<I, A>,
): KernelConfig => {
  const stock: KernelFunc = getKernel(kernelName, backendName).kernelFunc;
  const ours = kernel(kernelName, call);
  return {
    ...ours,
    kernelFunc: (given) => (takes(given.inputs as I, given.attrs as A) ? ours.kernelFunc : stock)(given),
  };
};
