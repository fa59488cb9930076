// Converts 8-bit levels to pixels; all images are passed to engines this way.
import { runKernel } from "../fallbacks.js";
import { tf } from "../tf.js";

/**
 * Resizes 8-bit images as PIL and torchvision do (rows first, rounded to whole levels, then columns, rounded again) and scales them to
 * [0, 1]. It has no gradient.
 *
 * @param levels [batch, height, width, channels], int32 from 0 to 255
 * @param size [height, width] of the result, in pixels; the images' own size keeps them
 * @returns [batch, size[0], size[1], channels], float32
 * @throws Error when `levels` is not an int32 batch of images, or a side is not a whole number of pixels from 1 up
 */
export const resizeLevels = (levels: tf.Tensor4D, size: readonly [number, number]): tf.Tensor4D => {
  if (levels.rank !== 4 || levels.dtype !== "int32") {
    throw new Error(
      `resizeLevels: expected int32 [batch, height, width, channels], got ${levels.dtype} [${levels.shape}]`,
    );
  }
  if (levels.shape.slice(1).includes(0)) {
    throw new Error(`resizeLevels: expected images of at least one pixel and channel, got [${levels.shape}]`);
  }
  if (!size.every((side) => Number.isInteger(side) && side >= 1)) {
    throw new RangeError(
      `resizeLevels: expected a size of whole pixels, at least 1, got ${size[0]}x${size[1]}`,
    );
  }
  // An empty batch needs no kernel.
  if (levels.shape[0] === 0) return tf.zeros([0, size[0], size[1], levels.shape[3]]);
  return runKernel("ResizeLevels", { levels }, { size });
};
