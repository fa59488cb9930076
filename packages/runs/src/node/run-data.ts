// Describes a run's data set for config.json, from the loaded images.
import { type AnySplit, type Dataset, dataSha256 } from "@mlpconv/datasets";
import { dataSchema, factsOf, type RunData } from "../files/data.js";
import { checked } from "../files/parse.js";

/**
 * What config.json says of a data set: its facts, how many images it has, and a hash of all of them.
 *
 * @throws RunFileError naming the fact that config.json could not hold, such as a class name with a line break
 */
export const runData = (data: Dataset<AnySplit>): RunData =>
  checked(
    dataSchema,
    {
      ...factsOf(data),
      examples: { train: data.train.shape[0], test: data.test.shape[0] },
      sha256: dataSha256(data),
      ...(data.folder && { folder: data.folder }),
    },
    `data set ${data.name}`,
    "correct the data set's descriptor",
  );
