// Puts this package's kernels into tfjs's registry, in the place of the stock ones of the same name.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
import { guard } from "./guard.js";

/** A stock kernel that ours calls still needs its setup when the backend starts, so a replacement inherits it. */
export const register = (kernels: readonly KernelConfig[]): void => {
  for (const kernel of kernels) {
    const before = getKernel(kernel.kernelName, kernel.backendName);
    if (before) unregisterKernel(kernel.kernelName, kernel.backendName);
    registerKernel({
      ...kernel,
      setupFunc: (backend) => {
        guard(backend as BackendWasm);
        before?.setupFunc?.(backend);
      },
    });
  }
};
