// The gradient of the sigmoid: one pass if the current backend has the kernel, otherwise tfjs's operations.
import { engine, getKernel, mul, registerGradient, sub, type Tensor } from "@tensorflow/tfjs-core";

/** Registers the gradient. tfjs keeps one gradient for a kernel on all backends, so this one checks the current backend. */
export const registerSigmoidGradient = (): void =>
  registerGradient({
    kernelName: "Sigmoid",
    outputsToSave: [true],
    gradFunc: (output, saved) => {
      const dy = output as Tensor;
      const y = saved[0]!;
      return {
        x: () =>
          getKernel("SigmoidGrad", engine().backendName)
            ? engine().runKernel("SigmoidGrad", { dy, y })
            : mul(dy, mul(y, sub(1, y))),
      };
    },
  });
