// How a network is shown test images: as it was trained to see them.
import type { DatasetInfo } from "./dataset.js";
import type { LoaderOptions } from "./loader-options.js";

/** Means and standard deviations that pixels can be normalised by, beside the data set's own. */
const statistics = {
  own: undefined,
  // Those of torchvision's `ImageNet_Weights`.
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
} as const;

/** Whose mean and standard deviation normalise pixels. */
export type NormalizeBy = keyof typeof statistics;

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
  /** Whose mean and standard deviation that are: the data set's own, or ImageNet's, by which weights of torchvision were trained. Default "own". */
  normalizeBy?: NormalizeBy | undefined;
  /** The data set that it was trained on. */
  data: Pick<DatasetInfo, "shape" | "mean" | "std">;
}

/** What the loader of test images is given: all of them, in order. */
export const testOptions = ({
  batchSize,
  resize,
  seed,
  data,
  ...settings
}: ImageSettings): LoaderOptions => ({
  batchSize,
  seed,
  ...((resize !== data.shape[0] || resize !== data.shape[1]) && { resize }),
  ...normalization({ data, ...settings }),
});

/** Mean and standard deviation of each channel that pixels in [0, 1] are normalised by, for a loader; empty where they are left as they are. */
export const normalization = ({
  normalize,
  normalizeBy = "own",
  data: { mean, std },
}: Pick<ImageSettings, "normalize" | "normalizeBy"> & { data: Pick<DatasetInfo, "mean" | "std"> }): {
  normalize?: { mean: readonly number[]; std: readonly number[] };
} => (normalize ? { normalize: statistics[normalizeBy] ?? { mean, std } } : {});

/** Side of the square that holds an image of a data set as it comes, in pixels. */
export const imageSide = ({ shape: [height, width] }: Pick<DatasetInfo, "shape">): number =>
  Math.max(height, width);
