// The comparison of the runs that finished.
import type { Run } from "@mlpconv/runs";
import { readRunWithoutLog } from "@mlpconv/runs/node";
import { useEngine } from "@mlpconv/tensor";
import { type Comparison, enough, type Failure } from "./comparison.js";
import { comparisonRow } from "./comparison-row.js";
import type { RunProgress } from "./live-table.js";
import type { CompareRequest } from "./options.js";
import type { PlannedRun } from "./planned-run.js";

/** @param planned the runs that finished, each with what its log told */
export const buildComparison = async (
  { name, preset, models }: CompareRequest,
  planned: readonly (PlannedRun & Pick<RunProgress, "milestones">)[],
  failures: Failure[],
  leftOut: string[],
): Promise<Comparison> => {
  const finished = await Promise.all(
    planned.map(async ({ model, folder, milestones }) => {
      const run: Run = { ...(await readRunWithoutLog(folder)), events: milestones };
      return { model, folder, run };
    }),
  );
  // Shapes alone are read of the nets that are built here.
  await useEngine("cpu");
  const rows = [];
  for (const model of models) {
    const runs = finished.filter((each) => each.model === model);
    if (runs.length > 0) rows.push(await comparisonRow(runs, inferenceSpeed(runs[0]!.run)));
  }
  const configs = finished.map(({ run }) => run.config);
  const all = (key: "engine" | "device") => [...new Set(configs.map((config) => String(config[key])))];
  return {
    name,
    preset,
    dataset: configs[0]?.data.name ?? null,
    dataSha256: configs[0]?.data.sha256 ?? null,
    engines: all("engine"),
    devices: all("device"),
    enough,
    rows,
    failures,
    leftOut,
  };
};

/** Images a second of the run's pass over the test images, as `evaluate` measured it. */
const inferenceSpeed = ({ evaluation }: Run): number | null =>
  evaluation && evaluation.seconds > 0 ? evaluation.examples / evaluation.seconds : null;
