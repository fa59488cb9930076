// AvgPoolGrad: spreads each output pixel's gradient over its window, where the stock kernel gathers for every input pixel (7 ns each).
import { type AvgPoolGradAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { allocate, floats } from "../heap.js";
import { kernel } from "../kernel.js";
import { eachWindow } from "../pool-windows.js";

type Inputs = Record<"dy" | "input", TensorInfo>;

export const avgPoolGrad = kernel<Inputs, AvgPoolGradAttrs>(
  "AvgPoolGrad",
  ({ dy, input }, attrs, backend) => {
    const dInput = allocate(backend, input.shape);
    const dx = floats(backend, dInput).fill(0);
    const gradient = floats(backend, dy);
    const channels = dy.shape[3]!;
    const { filterSize } = attrs;
    // As tfjs defines it, also at a padded border, where the forward pass divides by the pixels that exist.
    const share = 1 / (typeof filterSize === "number" ? filterSize ** 2 : util.sizeFromShape(filterSize));
    eachWindow(input.shape, attrs, (first, window, count) => {
      for (let i = 0; i < count; i++) {
        const to = window[i]!;
        for (let channel = 0; channel < channels; channel++)
          dx[to + channel]! += gradient[first + channel]! * share;
      }
    });
    return dInput;
  },
);
