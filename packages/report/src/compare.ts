// Checks that runs can be compared: they must be trained on the same data.
import type { Run } from "@mlpconv/runs";

/** Runs to be compared were trained on different data. */
export class DifferentDataError extends Error {
  override readonly name = "DifferentDataError";
}

/**
 * Checks that all runs use the first one's data. Older runs without a recorded hash are compared by their data set's name.
 *
 * @throws DifferentDataError naming two runs and how their data differ
 */
export const checkSameData = (runs: readonly Pick<Run, "name" | "config">[]): void => {
  const [first] = runs;
  if (!first) return;
  // The reference hash may be that of a later run, if the first has none.
  const hashed = runs.find(({ config }) => config.data.sha256 !== undefined);
  for (const run of runs) {
    const { name, sha256 } = run.config.data;
    if (name !== first.config.data.name) throw differ("name", first, run);
    if (hashed && sha256 !== undefined && sha256 !== hashed.config.data.sha256)
      throw differ("sha256", hashed, run);
  }
};

const differ = (field: "name" | "sha256", a: Pick<Run, "name" | "config">, b: Pick<Run, "name" | "config">) =>
  new DifferentDataError(
    `compare: expected runs on the same data, got data.${field} ${a.config.data[field]} in ${a.name} and ${b.config.data[field]} in ${b.name}; ` +
      "compare those on one data set, or draw them one by one",
  );
