// MaxPoolGrad: looks each window's maximum up in the pooling's output and gives the gradient to the first pixel that equals it
// (the cpu backend's tie rule). The stock kernel finds the maxima again for every input pixel: ten times slower.
import type { MaxPoolGradAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import { allocate, floats } from "../heap.js";
import { kernel } from "../kernel.js";
import { eachWindow } from "../pool-windows.js";

type Inputs = Record<"dy" | "input" | "output", TensorInfo>;

export const maxPoolGrad = kernel<Inputs, MaxPoolGradAttrs>(
  "MaxPoolGrad",
  ({ dy, input, output }, attrs, backend) => {
    const dInput = allocate(backend, input.shape);
    const dx = floats(backend, dInput).fill(0);
    const x = floats(backend, input);
    const y = floats(backend, output);
    const gradient = floats(backend, dy);
    const channels = dy.shape[3]!;
    eachWindow(input.shape, attrs, (first, window, count) => {
      for (let channel = 0; channel < channels; channel++) {
        const maximum = y[first + channel]!;
        for (let i = 0; i < count; i++) {
          const index = window[i]! + channel;
          if (x[index]! === maximum) {
            dx[index]! += gradient[first + channel]!;
            break;
          }
        }
      }
    });
    return dInput;
  },
);
