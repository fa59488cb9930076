// Images as analysis.json keeps them: large ones are scaled down, so that its size and the page's stay bounded.
import { resizeLevels, tf } from "@mlpconv/tensor";

type ImageShape = readonly [height: number, width: number, channels: number];

/** Longest side in pixels: more than a page draws. */
const longest = 128;

/** Shape of an image of this shape in analysis.json. */
export const thumbnailShape = ([height, width, channels]: ImageShape): [number, number, number] => {
  const scale = Math.min(1, longest / Math.max(height, width));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return [side(height), side(width), channels];
};

/**
 * An image scaled down as training scales images; small ones stay as they are.
 *
 * @param levels 0-255, in the order of the shape
 */
export const thumbnail = async (levels: Uint8Array, shape: ImageShape): Promise<Uint8Array> => {
  const [height, width] = thumbnailShape(shape);
  if (height === shape[0] && width === shape[1]) return levels;
  const pixels = tf.tidy(() => resizeLevels(tf.tensor4d(levels, [1, ...shape], "int32"), [height, width]));
  try {
    // Whole levels / 255.
    return Uint8Array.from(await pixels.data(), (value) => Math.round(value * 255));
  } finally {
    pixels.dispose();
  }
};
