// The gradient of the sigmoid in one pass where the current backend has it, else as tfjs writes it.
import { engine, getKernel, mul, registerGradient, sub, type Tensor } from "@tensorflow/tfjs-core";

/** tfjs keeps one gradient a kernel for all backends, so this one asks which is current. */
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
