// Bytes of a batch to the numbers a net sees, computed by the engine: only the bytes cross to it.
import { resizeLevels, tf } from "@mlpconv/tensor";

export interface PixelOptions {
  /** [height, width] in pixels; undefined keeps the size. */
  size: readonly [number, number] | undefined;
  /** One mean and one standard deviation per channel; undefined keeps [0, 1]. */
  normalize: { mean: readonly number[]; std: readonly number[] } | undefined;
}

/**
 * Images as float32 in [0, 1], resized as PIL and torchvision resize uint8 images, then `(x - mean) / std` if asked.
 *
 * @param bytes B x H x W x C values 0-255
 * @param shape [B, H, W, C]
 */
export const toPixels = (
  bytes: Uint8Array,
  shape: readonly [number, number, number, number],
  { size, normalize }: PixelOptions,
): tf.Tensor4D =>
  tf.tidy(() => {
    // tfjs has no 8-bit type: int32 is the smallest that it can cast from on every engine.
    const levels = tf.tensor4d(bytes, [...shape], "int32");
    const pixels = resizeLevels(levels, size ?? [shape[1], shape[2]]);
    if (!normalize) return pixels;
    return pixels.sub(tf.tensor1d([...normalize.mean])).div<tf.Tensor4D>(tf.tensor1d([...normalize.std]));
  });
