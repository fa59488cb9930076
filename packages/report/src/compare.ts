// Whether runs may stand in one table: what they learned from must be the same.
import type { Run } from "@mlpconv/runs";

/** Runs on different data were to be compared. */
export class DifferentDataError extends Error {
  override readonly name = "DifferentDataError";
}

/**
 * Checks that all runs are on the first one's data. A run from before the hash was recorded counts as on that of its data set's name.
 *
 * @throws DifferentDataError naming two runs and how their data differ
 */
export const checkSameData = (runs: readonly Pick<Run, "name" | "config">[]): void => {
  const [first] = runs;
  if (!first) return;
  // The reference hash may be that of a later run, when the first has none.
  const hashed = runs.find(({ config }) => config.dataSha256 !== undefined);
  for (const run of runs) {
    if (run.config.dataset !== first.config.dataset) throw differ("dataset", first, run);
    if (hashed && run.config.dataSha256 !== undefined && run.config.dataSha256 !== hashed.config.dataSha256) {
      throw differ("dataSha256", hashed, run);
    }
  }
};

const differ = (
  field: "dataset" | "dataSha256",
  a: Pick<Run, "name" | "config">,
  b: Pick<Run, "name" | "config">,
) =>
  new DifferentDataError(
    `compare: expected runs on the same data, got ${field} ${a.config[field]} in ${a.name} and ${b.config[field]} in ${b.name}; ` +
      "compare those on one data set, or draw them one by one",
  );
