// How a run's loaders give its images.
import { type DatasetInfo, type LoaderOptions, parseAugment, testOptions } from "@mlpconv/datasets";
import type { RunSettings } from "../files/config.js";

/** Settings of a run's images. */
export type ImageSettings = Pick<
  RunSettings,
  "batchSize" | "resize" | "seed" | "normalize" | "normalizeBy" | "flip" | "augment" | "limit"
>;

/** Options of both loaders: training images as the recipe says, test images all and in order. */
export const loaderOptions = (
  settings: ImageSettings,
  data: Pick<DatasetInfo, "shape" | "mean" | "std">,
): { train: LoaderOptions; test: LoaderOptions } => {
  const { limit, flip, augment } = settings;
  const test = testOptions({ ...settings, data });
  const train = {
    ...test,
    shuffle: true,
    flip,
    ...(augment !== undefined && {
      augment: parseAugment(augment).filter(({ name }) => !(flip && name === "flip")),
    }),
    ...(limit !== undefined && { limit }),
  };
  return { train, test };
};
