// A picture as its run's data set would have it: scaled to fit into the data set's shape, in the middle of it, on the data set's background. For
// Fashion-MNIST that is what its paper does (arXiv:1708.07747, section 2), without trimming and sharpening: what is in the picture is the user's to choose.
import type { DatasetInfo } from "@mlpconv/datasets";
import type { Picture } from "@mlpconv/datasets/folder";
import { resizeLevels, tf } from "@mlpconv/tensor";

export const inversions = ["auto", "yes", "no"] as const;
export type Inversion = (typeof inversions)[number];

/** What must be known of a data set to make a picture like its images. */
export type ImageKind = Pick<DatasetInfo, "shape" | "background">;

export interface FittedImage {
  /** Levels 0-255 of height x width x channels, as the data set's shape has them. */
  levels: Uint8Array;
  inverted: boolean;
}

/** What shows through where a picture is transparent: what becomes the data set's background, inverted or not. */
export const behindPicture = ({ background }: ImageKind, invert: Inversion): "black" | "white" => {
  // A dark background is more often made by inverting, as for drawings on paper.
  if (background === "dark") return invert === "no" ? "black" : "white";
  return background === "light" && invert === "yes" ? "black" : "white";
};

/**
 * @param picture with as many channels as the data set's images
 * @param invert auto: where the data set has one background and the corners, which are background in nearly any picture of one object, have the other
 */
export const fitImage = async (
  picture: Picture,
  { shape: [height, width, channels], background }: ImageKind,
  invert: Inversion,
): Promise<FittedImage> => {
  const scaled = await scaleInto(picture, height, width);
  const corner = cornerOf(scaled);
  const light = corner.reduce((sum, level) => sum + level, 0) / channels > 127;
  const inverted =
    invert === "auto" ? background !== undefined && light !== (background === "light") : invert === "yes";
  const shown = (level: number) => (inverted ? 255 - level : level);
  const levels = new Uint8Array(height * width * channels);
  for (let i = 0; i < levels.length; i++) levels[i] = shown(corner[i % channels]!);
  const top = (height - scaled.height) >> 1;
  const left = (width - scaled.width) >> 1;
  const row = scaled.width * channels;
  for (let y = 0; y < scaled.height; y++) {
    const from = scaled.levels.subarray(y * row, (y + 1) * row);
    levels.set(from.map(shown), ((top + y) * width + left) * channels);
  }
  return { levels, inverted };
};

/** Scaled as training scales images, so that a picture of that size stays as it is. */
const scaleInto = async (
  { levels, width, height, channels }: Picture,
  mostHeight: number,
  mostWidth: number,
): Promise<Picture> => {
  const scale = Math.min(mostHeight / height, mostWidth / width);
  const side = (length: number, most: number) => Math.min(most, Math.max(1, Math.round(length * scale)));
  const size = [side(height, mostHeight), side(width, mostWidth)] as const;
  const pixels = tf.tidy(() =>
    resizeLevels(tf.tensor4d(levels, [1, height, width, channels], "int32"), size),
  );
  try {
    // Whole levels / 255.
    const values = await pixels.data();
    return {
      levels: Uint8Array.from(values, (value) => Math.round(value * 255)),
      height: size[0],
      width: size[1],
      channels,
    };
  } finally {
    pixels.dispose();
  }
};

/** Median of the four corners, channel by channel. */
const cornerOf = ({ levels, width, height, channels }: Picture): number[] => {
  const places = [0, width - 1, (height - 1) * width, height * width - 1];
  return Array.from({ length: channels }, (_, c) =>
    median(places.map((place) => levels[place * channels + c]!)),
  );
};

/** Median of four values; halves are rounded down. */
const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[1]! + sorted[2]!) >> 1;
};
