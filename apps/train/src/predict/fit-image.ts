// A picture as Fashion-MNIST would have it (arXiv:1708.07747, section 2): its longer side scaled to 28 pixels, light on black, in the
// middle of a square. The paper's trimming and sharpening are left out: what is in the picture is the user's to choose.
import { nativeSide } from "@mlpconv/cli-kit";
import { resizeLevels, tf } from "@mlpconv/tensor";
import type { Picture } from "./decode-image.js";

export const inversions = ["auto", "yes", "no"] as const;
export type Inversion = (typeof inversions)[number];

export interface Garment {
  /** Grey levels 0-255 of nativeSide x nativeSide pixels. */
  levels: Uint8Array;
  inverted: boolean;
}

/** @param invert auto: when the corners, which are background in nearly any picture of a garment, are light */
export const toGarment = async (picture: Picture, invert: Inversion): Promise<Garment> => {
  const { levels, width, height } = await fit(picture);
  const corner = median([
    levels[0]!,
    levels[width - 1]!,
    levels[levels.length - width]!,
    levels[levels.length - 1]!,
  ]);
  const inverted = invert === "auto" ? corner > 127 : invert === "yes";
  const shown = (level: number) => (inverted ? 255 - level : level);
  const square = new Uint8Array(nativeSide * nativeSide).fill(shown(corner));
  const top = (nativeSide - height) >> 1;
  const left = (nativeSide - width) >> 1;
  for (let y = 0; y < height; y++) {
    square.set(levels.subarray(y * width, (y + 1) * width).map(shown), (top + y) * nativeSide + left);
  }
  return { levels: square, inverted };
};

/** Scaled as training scales images, so that a picture of that size stays as it is. */
const fit = async ({ levels, width, height }: Picture): Promise<Picture> => {
  const scale = nativeSide / Math.max(width, height);
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const size = [side(height), side(width)] as const;
  const pixels = tf.tidy(() => resizeLevels(tf.tensor4d(levels, [1, height, width, 1], "int32"), size));
  try {
    // Whole levels / 255.
    const values = await pixels.data();
    return {
      levels: Uint8Array.from(values, (value) => Math.round(value * 255)),
      height: size[0],
      width: size[1],
    };
  } finally {
    pixels.dispose();
  }
};

/** Median of four values; halves are rounded down. */
const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[1]! + sorted[2]!) >> 1;
};
