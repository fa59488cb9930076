// MaxPoolGrad: looks each window's maximum up in the pooling's output and gives the gradient to the first pixel that equals it, or, if it
// is NaN, to the last one that is NaN (PyTorch's rules). The stock kernel finds the maxima again for every input pixel: ten times slower.
import type { MaxPoolGradAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import { expectShape } from "../conv-info.js";
import { allocate, floats } from "../heap.js";
import { kernel } from "../kernel.js";
import { eachWindow, poolInfo } from "../pool-windows.js";

type Inputs = Record<"dy" | "input" | "output", TensorInfo>;

export const maxPoolGrad = kernel<Inputs, MaxPoolGradAttrs>(
  "MaxPoolGrad",
  ({ dy, input, output }, attrs, backend) => {
    const pool = poolInfo("MaxPoolGrad", input.shape, attrs);
    expectShape("MaxPoolGrad", "dy", dy.shape, pool.outShape);
    expectShape("MaxPoolGrad", "output", output.shape, pool.outShape);
    const dInput = allocate(backend, input.shape);
    const dx = floats(backend, dInput).fill(0);
    const x = floats(backend, input);
    const y = floats(backend, output);
    const gradient = floats(backend, dy);
    const { inChannels: channels } = pool;
    eachWindow(pool, (first, window, count) => {
      for (let channel = 0; channel < channels; channel++) {
        const maximum = y[first + channel]!;
        if (Number.isNaN(maximum)) {
          let last = count - 1;
          while (last > 0 && !Number.isNaN(x[window[last]! + channel]!)) last--;
          dx[window[last]! + channel]! += gradient[first + channel]!;
          continue;
        }
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
