// The data set of a run for its config.json, from the images that it was loaded with.
import { type Dataset, dataSha256 } from "@mlpconv/datasets";
import { factsOf, type RunData } from "../files/data.js";

/** What config.json says of a data set: its facts, how many images it has, and a hash of all of them. */
export const runData = (data: Dataset): RunData => ({
  ...factsOf(data),
  examples: { train: data.train.shape[0], test: data.test.shape[0] },
  sha256: dataSha256(data),
});
