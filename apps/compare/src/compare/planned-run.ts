// The runs of a comparison, and what each is to its folder: to be begun, to go on with, or finished.
import { join } from "node:path";
import { recipeArguments, recipeDifferences, runsFolder, UsageError } from "@mlpconv/cli-kit";
import type { ModelName } from "@mlpconv/models";
import { checkSameData } from "@mlpconv/report";
import { isFinished, type SettingValues } from "@mlpconv/runs";
import { filesOfRun, readRunWithoutLog } from "@mlpconv/runs/node";
import { combinationsOf } from "./grid.js";
import type { CompareRequest } from "./options.js";

/** What a run is asked to be: the command line's recipe, shortened where a budget says so. */
export interface PlannedRun {
  name: string;
  folder: string;
  model: ModelName;
  seed: number;
  epochs: number | undefined;
  limit: number | undefined;
  /** Settings of a grid's combination, and the combination in words. Absent: no grid. */
  changes?: SettingValues;
  combination?: string;
}

export type FolderState = "new" | "stopped" | "finished";

/** How long a net may train when not all fits; what is absent is the recipe's. */
export interface Shortened {
  epochs?: number;
  limit?: number;
}

/** All nets with seed 0 first, then with seed 1: a comparison that is stopped early has results of each net. With a grid, each combination of each. */
export const plannedRuns = (
  { name, models, epochs, limit, grid }: CompareRequest,
  seeds: number,
  shortened: { [M in ModelName]?: Shortened | undefined } = {},
): PlannedRun[] =>
  Array.from({ length: seeds }, (_, seed) =>
    models.flatMap((model) =>
      combinationsOf(grid).map(({ changes, suffix, words }): PlannedRun => {
        const runName = [name, model, ...(grid ? [suffix] : []), `seed${seed}`].join("-");
        const folder = join(runsFolder, runName);
        const run = { name: runName, folder, model, seed, epochs, limit, ...shortened[model] };
        return grid ? { ...run, changes, combination: words } : run;
      }),
    ),
  ).flat();

/** The arguments that begin it or go on with it, for a child process and for `--plan` alike. */
export const trainArguments = (
  { name, model, seed, epochs, limit, changes }: PlannedRun,
  request: CompareRequest,
): string[] => [
  ...["train", "--model", model, "--seed", String(seed), "--run", name, "--auto-resume"],
  ...recipeArguments({ ...request, ...changes, epochs, limit }),
];

/**
 * Looks at the folders of all runs.
 *
 * @throws what `findState` throws; DifferentDataError when runs saw different images
 */
export const findStates = async (
  runs: readonly PlannedRun[],
  request: CompareRequest,
): Promise<Map<PlannedRun, FolderState>> => {
  const states = new Map<PlannedRun, FolderState>();
  for (const run of runs) states.set(run, await findState(run, request));
  await checkData(runs.filter((run) => states.get(run) !== "new"));
  return states;
};

/** @throws DifferentDataError when runs saw different images */
export const checkData = async (runs: readonly PlannedRun[]): Promise<void> =>
  checkSameData(await Promise.all(runs.map(({ folder }) => readRunWithoutLog(folder))));

/**
 * Looks at a run's folder.
 *
 * @throws RunFolderError when it is no run's; RunFileError when it is broken; UsageError when the run is another than the one that is asked for
 */
export const findState = async (planned: PlannedRun, request: CompareRequest): Promise<FolderState> => {
  if ((await filesOfRun(planned.folder)).length === 0) return "new";
  const run = await readRunWithoutLog(planned.folder);
  const wrong = recipeDifferences({ ...request, ...planned.changes, ...planned }, run.config);
  if (wrong.length > 0) {
    throw new UsageError("compare", [
      `expected ${planned.folder} to be a run of this comparison, got ${wrong.join("; ")}; ` +
        "give the comparison another --name or remove that folder",
    ]);
  }
  return isFinished(run) ? "finished" : "stopped";
};
