// The comparison of the runs that finished.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readRun } from "@mlpconv/report/node";
import { useEngine } from "@mlpconv/tensor";
import type { CompareRequest } from "./compare-options.js";
import { type Comparison, enough, type Failure } from "./comparison.js";
import { comparisonRow } from "./comparison-row.js";
import type { PlannedRun } from "./planned-run.js";

export const buildComparison = async (
  { name, preset, models }: CompareRequest,
  planned: readonly PlannedRun[],
  failures: Failure[],
  leftOut: string[],
): Promise<Comparison> => {
  const failed = new Set(failures.map(({ run }) => run));
  const finished = await Promise.all(
    planned
      .filter((run) => !failed.has(run.name))
      .map(async ({ model, folder }) => ({ model, folder, run: await readRun(folder) })),
  );
  // Shapes alone are read of the nets that are built here.
  await useEngine("cpu");
  const rows = [];
  for (const model of models) {
    const runs = finished.filter((each) => each.model === model);
    if (runs.length > 0) rows.push(await comparisonRow(runs, await inferenceSpeed(runs[0]!.folder)));
  }
  const configs = finished.map(({ run }) => run.config);
  const all = (key: string) => [...new Set(configs.map((config) => String(config[key])))];
  return {
    name,
    preset,
    dataset: configs[0]?.dataset ?? null,
    dataSha256: configs[0]?.dataSha256 ?? null,
    engines: all("engine"),
    devices: all("device"),
    enough,
    rows,
    failures,
    leftOut,
  };
};

/** Images a second of the run's pass over the test images, as `evaluate` measured it. */
const inferenceSpeed = async (folder: string): Promise<number | null> => {
  const text = await readFile(join(folder, "evaluation.json"), "utf8").catch(() => undefined);
  if (text === undefined) return null;
  const { examples, seconds } = JSON.parse(text) as { examples?: unknown; seconds?: unknown };
  return typeof examples === "number" && typeof seconds === "number" && seconds > 0
    ? examples / seconds
    : null;
};
