// tfjs's backend "native": `import "@mlpconv/engine-native"; await tf.setBackend("native")`.
import { KernelBackend, registerKernels } from "@mlpconv/kernels";
import { findBackendFactory, registerBackend } from "@tensorflow/tfjs-core";
import { library, type PrepareOptions } from "./library.js";

registerKernels("native");

const register = (): void => {
  // The lowest rank: importing the package must not make it the backend of a program that does not ask for it, because it starts
  // asynchronously and perhaps with a compilation.
  if (!findBackendFactory("native"))
    registerBackend("native", async () => new KernelBackend("native", await library()), 0);
};
register();

/**
 * Finds or compiles the kernels and loads them; later calls return the same library. The backend calls this when it starts. After
 * `tf.removeBackend`, registers it again.
 *
 * @throws NativeError when that is impossible on this machine, with the reason and a fix
 */
export const prepare = (options?: PrepareOptions): ReturnType<typeof library> => {
  register();
  return library(options);
};

export { describe, type PrepareOptions } from "./library.js";
export { NativeError } from "./native-error.js";
