// Images of a split by their indices, from memory or wherever they are read from.

import type { AnySplit, Split } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";

/** The images of these indices in that order, n x H x W x C levels 0-255, in an array of the caller's own. */
export const imagesAt = async (split: AnySplit, indices: readonly number[]): Promise<Uint8Array> =>
  "read" in split ? split.read(indices) : copyImages(split, indices);

/** The same of a split that is in memory. */
export const copyImages = (
  { images, shape: [count, height, width, channels] }: Split,
  indices: readonly number[],
): Uint8Array => {
  const length = height * width * channels;
  // Without this, images whose buffer has shrunk would be black.
  if (images.length !== count * length)
    throw new DatasetError(
      "option",
      `images: expected ${count * length} bytes, got ${images.length}: their memory was transferred or resized since the split was made; give it a copy`,
    );
  const copies = new Uint8Array(indices.length * length);
  for (const [i, index] of indices.entries())
    copies.set(images.subarray(index * length, (index + 1) * length), i * length);
  return copies;
};
