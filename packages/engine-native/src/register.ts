// Puts this package's kernels into tfjs's registry, in the place of the cpu backend's of the same name.
import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";

export const register = (kernels: readonly KernelConfig[]): void => {
  for (const kernel of kernels) {
    if (getKernel(kernel.kernelName, kernel.backendName)) {
      unregisterKernel(kernel.kernelName, kernel.backendName);
    }
    registerKernel(kernel);
  }
};
