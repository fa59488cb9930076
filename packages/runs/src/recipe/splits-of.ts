// The images that a run learns from, and those that it holds out.
import { type AnySplit, type Dataset, holdOut } from "@mlpconv/datasets";
import type { RunSettings } from "../files/config.js";

/** The parts of a run's images. */
export interface Splits {
  /** Images to learn from; `limit` counts these. */
  train: AnySplit;
  /** Images that are held out, by which the best weights are chosen; absent: none. */
  validation?: AnySplit;
  /** The data set's test images. */
  test: AnySplit;
}

/**
 * The parts of the data set. Which images are held out does not depend on the seed of the run, so that runs of several seeds can be compared.
 *
 * @throws DatasetError when a class has too few images to hold one out
 */
export const splitsOf = (
  { valShare }: Pick<RunSettings, "valShare">,
  { train, test }: Pick<Dataset<AnySplit>, "train" | "test">,
): Splits => (valShare === undefined ? { train, test } : { ...holdOut(train, valShare), test });
