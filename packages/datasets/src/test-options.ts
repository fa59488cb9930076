// How a network is shown test images: as it was trained to see them.
import type { DatasetInfo } from "./dataset.js";
import type { LoaderOptions } from "./loader-options.js";

/** The settings of a run, as its config.json has them, that decide how it sees images. */
export interface ImageSettings {
  /** Images in a batch. */
  batchSize: number;
  /** Side of the square that images are resized to, in pixels. */
  resize: number;
  /** Seed of the run; test images are neither shuffled nor flipped. */
  seed: number;
  /** Whether pixels are shifted and scaled to the data set's mean 0 and standard deviation 1. */
  normalize: boolean;
  /** The data set that it was trained on. */
  data: Pick<DatasetInfo, "shape" | "mean" | "std">;
}

/** What the loader of test images is given: all of them, in order. */
export const testOptions = ({
  batchSize,
  resize,
  seed,
  normalize,
  data: { shape, mean, std },
}: ImageSettings): LoaderOptions => ({
  batchSize,
  seed,
  ...((resize !== shape[0] || resize !== shape[1]) && { resize }),
  ...(normalize && { normalize: { mean, std } }),
});

/** Side of the square that holds an image of a data set as it comes, in pixels. */
export const imageSide = ({ shape: [height, width] }: Pick<DatasetInfo, "shape">): number =>
  Math.max(height, width);
