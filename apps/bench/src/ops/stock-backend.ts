// tfjs's own wasm backend. It registers itself under the name of ours, so a process loads one of the two.
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { getKernelsForBackend } from "@tensorflow/tfjs-core";

/** Sets the number of its threads, before `tf.setBackend("wasm")`. */
export { setThreadsCount };

/** The names of its kernels. */
export const stockKernels = (): string[] => getKernelsForBackend("wasm").map(({ kernelName }) => kernelName);
