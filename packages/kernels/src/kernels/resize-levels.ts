// ResizeLevels: 8-bit levels to pixels in [0, 1] at another size.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { kernel } from "../kernel.js";

export const resizeLevels = kernel<{ levels: TensorInfo }, { size: readonly [number, number] }>(
  "ResizeLevels",
  ({ levels }, { size }, backend) => {
    const [batch, inHeight, inWidth, channels] = levels.shape;
    if (
      levels.shape.length !== 4 ||
      levels.shape.slice(1).includes(0) ||
      !size.every((side) => Number.isInteger(side) && side > 0)
    ) {
      throw new Error(
        `ResizeLevels: expected levels [batch, height, width, channels], none of them 0 but the batch, and a size of whole pixels, got [${levels.shape}] and [${size}]`,
      );
    }
    const y = backend.allocate([batch!, ...size, channels!]);
    const from = [batch!, inHeight!, inWidth!, channels!] as const;
    if (batch! > 0)
      backend.library.call(
        "mlpconv_resize_levels",
        ...from,
        ...size,
        backend.integers(levels),
        backend.floats(y),
      );
    return y;
  },
);
