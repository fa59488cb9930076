// The comparison of the runs that finished.
import type { Run } from "@mlpconv/runs";
import { readRunWithoutLog } from "@mlpconv/runs/node";
import { useEngine } from "@mlpconv/tensor";
import { type Comparison, enoughOf, type Failure } from "./comparison.js";
import { comparisonRow, medianAccuracy } from "./comparison-row.js";
import type { RunProgress } from "./live-table.js";
import type { CompareRequest } from "./options.js";
import type { PlannedRun } from "./planned-run.js";

/** @param planned the runs that finished, each with what its log told */
export const buildComparison = async (
  { name, preset, models, targetAccuracy }: CompareRequest,
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
  const ofEach = models
    .map((model) => finished.filter((each) => each.model === model))
    .filter((runs) => runs.length > 0);
  const medians = ofEach.map((runs) => medianAccuracy(runs.map(({ run }) => run)));
  const enough = targetAccuracy ?? enoughOf(Math.max(0, ...medians));
  const rows = [];
  for (const runs of ofEach) rows.push(await comparisonRow(runs, enough, inferenceSpeed(runs[0]!.run)));
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
