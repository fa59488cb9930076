// Zeros around an image, where a convolution's own padding cannot express them.
import { runKernel } from "../fallbacks.js";
import type { Frame } from "../kernels.js";
import { tf } from "../tf.js";
import { expectFloats } from "./floats.js";

/**
 * [batch, height, width, channels] to [batch, top + height + bottom, left + width + right, channels]. Differentiable.
 *
 * @throws Error when x is not float32 or not of this rank; RangeError when a padding is not a whole number from 0 up
 */
export const zeroPad = (x: tf.Tensor4D, padding: Frame): tf.Tensor4D => {
  if (x.rank !== 4) throw new Error(`zeroPad: expected [batch, height, width, channels], got [${x.shape}]`);
  expectFloats("zeroPad", { x });
  if (!padding.flat().every((size) => Number.isInteger(size) && size >= 0)) {
    throw new RangeError(
      `zeroPad: expected [[top, bottom], [left, right]] of whole pixels from 0 up, got ${JSON.stringify(padding)}`,
    );
  }
  return runKernel("ZeroPad", { x }, { padding });
};

tf.registerGradient({
  kernelName: "ZeroPad",
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attributes) => ({
    x: () => {
      const [[top], [left]] = (attributes as unknown as { padding: Frame }).padding;
      return tf.slice(dy as tf.Tensor4D, [0, top, left, 0], (x as tf.Tensor4D).shape);
    },
  }),
});
