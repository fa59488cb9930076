// The data sets that programs know by name. To add one that is published as files: its facts in sets/, and its entry in sets/published-sets.ts. To add
// another: its file with the facts and a function that loads it, and its entry here.
import type { DatasetDescriptor } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";
import { descriptorOf } from "./find/load-set.js";
import { publishedSets } from "./sets/published-sets.js";
import { synthetic, syntheticInfo } from "./synthetic.js";

/** Descriptors of data sets, each with its own name. The first is the one that is trained on by default. */
export type DatasetList = readonly [DatasetDescriptor, ...DatasetDescriptor[]];

/** The data sets that this package knows. */
export const datasets: DatasetList = [
  descriptorOf(publishedSets[0]),
  ...publishedSets.slice(1).map(descriptorOf),
  {
    ...syntheticInfo,
    load: async ({ root } = {}) => {
      if (root === undefined) return synthetic();
      const expected = "no folder, because its images are drawn by code";
      throw new DatasetError("option", `synthetic: expected ${expected}, got ${root}; leave the folder out`);
    },
  },
];

/**
 * The descriptor of that name.
 *
 * @throws DatasetError `unavailable` when none has it
 */
export const datasetNamed = (name: string, among: DatasetList = datasets): DatasetDescriptor => {
  const found = among.find((each) => each.name === name);
  if (found) return found;
  const names = among.map((each) => each.name).join(", ");
  throw new DatasetError(
    "unavailable",
    `dataset: expected one that this program knows (${names}), got "${name}"; use the program that was made for it`,
  );
};
