// Augmented images as bytes, without an engine: what a loader gives its engine, to be looked at.
import type { AnySplit } from "../dataset.js";
import { imagesAt } from "../images-at.js";
import { checkLoader, type LoaderOptions } from "../loader-options.js";
import { augmenter } from "./augmenter.js";

/**
 * The images of these examples as `loader(split, options)` gives them in an epoch, before they are resized: n x H x W x C levels.
 *
 * @throws DatasetError `option` when an option or an index is out of its range
 */
export const augmentedImages = async (
  split: AnySplit,
  indices: readonly number[],
  {
    epoch = 0,
    ...options
  }: Pick<LoaderOptions, "augment" | "flip" | "seed" | "limit"> & { epoch?: number } = {},
): Promise<Uint8Array> => {
  const { augment, seed, examples, checkEpoch, checkIndex } = checkLoader(split, {
    ...options,
    batchSize: 1,
  });
  checkEpoch(epoch);
  for (const index of indices) checkIndex(index);
  const [, height, width, channels] = split.shape;
  const { needed, augment: change } = augmenter(augment, {
    seed,
    examples,
    shape: [height, width, channels],
  })(epoch);
  const images = await imagesAt(split, needed(indices));
  change(images, indices, split.labels);
  return images.subarray(0, indices.length * height * width * channels);
};
