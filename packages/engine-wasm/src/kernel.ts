// How this engine writes a kernel: a plain function of (inputs, attributes, backend), and how it calls the stock ones.
import "@tensorflow/tfjs-backend-wasm"; // registers the stock backend and its kernels
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { getKernel, type KernelConfig, type NamedAttrMap, type TensorInfo } from "@tensorflow/tfjs-core";

/** The name tfjs knows the backend by. */
const backendName = "wasm";

type Inputs = { [name: string]: TensorInfo };
type Call<I, A> = (inputs: I, attrs: A, backend: BackendWasm) => TensorInfo | TensorInfo[];

/** A tfjs kernel of the wasm backend. Its outputs live on the wasm heap; whatever else it allocates it must dispose of. */
export const kernel = <I, A>(kernelName: string, call: Call<I, A>): KernelConfig => ({
  kernelName,
  backendName,
  // tfjs's registry is untyped (maps of any input and attribute), so the types are claimed once, here.
  kernelFunc: ({ inputs, attrs, backend }) => call(inputs as I, attrs as A, backend as BackendWasm),
});

/**
 * The kernel that tfjs-backend-wasm registered under `kernelName` when this module was loaded, callable directly:
 * its output is not tracked by tfjs's engine, so the caller disposes of it (`backend.disposeData`) or returns it.
 */
export const stock = (kernelName: string) => {
  const config = getKernel(kernelName, backendName);
  return (inputs: Inputs, attrs: NamedAttrMap, backend: BackendWasm): TensorInfo => {
    const output = config.kernelFunc({ inputs, attrs, backend });
    if (Array.isArray(output)) throw new Error(`${kernelName}: expected one output, got ${output.length}`);
    return output;
  };
};
