// Dropout: the mask is a pure function of (key, block, index), computed where it is used. Applied to dy, the kernel gives the gradient.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { kernel } from "../kernel.js";

interface Attributes {
  rate: number;
  key: readonly [number, number];
  block: number;
  offset: number;
}

export const dropout = kernel<Record<"x", TensorInfo>, Attributes>(
  "Dropout",
  ({ x }, { rate, key, block, offset }, backend) => {
    const values = backend.floats(x);
    const y = backend.allocate(x.shape);
    backend.library.call(
      "mlpconv_dropout",
      util.sizeFromShape(x.shape),
      offset,
      key[0] >>> 0,
      key[1] >>> 0,
      block >>> 0,
      rate * 2 ** 32,
      1 / (1 - rate),
      values,
      backend.floats(y),
    );
    return y;
  },
);
