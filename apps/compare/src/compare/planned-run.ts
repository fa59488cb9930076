// The runs of a comparison, and what each is to its folder: to be begun, to go on with, or finished.
import { join } from "node:path";
import { flagName, recipeArguments, recipeDifferences, runsFolder, UsageError } from "@mlpconv/cli-kit";
import { type DatasetList, fashionMnistInfo } from "@mlpconv/datasets";
import type { ModelName } from "@mlpconv/models";
import { checkSameData } from "@mlpconv/report";
import {
  isFinished,
  type RunConfig,
  type SettingTable,
  type SettingValues,
  settings,
  valueAt,
} from "@mlpconv/runs";
import { filesOfRun, readRunWithoutLog } from "@mlpconv/runs/node";
import { presetSettings } from "@mlpconv/runs/recipe";
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
 * @param known the known data sets, of which the first is the default
 * @throws what `findState` throws; DifferentDataError when runs saw different images
 */
export const findStates = async (
  runs: readonly PlannedRun[],
  request: CompareRequest,
  known: DatasetList,
): Promise<Map<PlannedRun, FolderState>> => {
  const states = new Map<PlannedRun, FolderState>();
  for (const run of runs) states.set(run, await findState(run, request, known));
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
export const findState = async (
  planned: PlannedRun,
  request: CompareRequest,
  known: DatasetList,
): Promise<FolderState> => {
  if ((await filesOfRun(planned.folder)).length === 0) return "new";
  const run = await readRunWithoutLog(planned.folder);
  const { preset } = request;
  const asked = { ...request, ...planned.changes, ...planned, preset };
  const wrong = [...recipeDifferences(asked, run.config), ...unaskedDifferences(asked, run.config, known)];
  if (wrong.length > 0) {
    throw new UsageError("compare", [
      `expected ${planned.folder} to be a run of this comparison, got ${wrong.join("; ")}; ` +
        "give the comparison another --name or remove that folder",
    ]);
  }
  return isFinished(run) ? "finished" : "stopped";
};

/** Settings whose default depends on the images or the machine, not on the preset. */
const notOfPreset: ReadonlySet<string> = new Set([
  ...["preset", "resize", "flip", "epochs", "limit", "channels", "fit", "testShare", "shards", "seed"],
]);

/**
 * Settings that were not given on the command line and whose preset value differs from the run's: another comparison with this name and other flags began
 * the run, so it must not be reused.
 */
const unaskedDifferences = (
  { preset, model, dataset, data, ...request }: CompareRequest & PlannedRun,
  config: RunConfig,
  [bundled]: DatasetList,
): string[] => {
  const places = Object.entries<SettingTable[string]>(settings);
  const isGiven = (place: string) => Object.hasOwn(request, place);
  const given = Object.fromEntries(
    Object.entries(request).filter(([place]) => Object.hasOwn(settings, place)),
  );
  const expected = presetSettings({ model, preset }, given, fashionMnistInfo);
  const others = places.flatMap(([place, row]) => {
    if (isGiven(place) || notOfPreset.has(place)) return [];
    const [is, was] = [valueAt(expected, place), valueAt(config, place)];
    if (was === undefined || is === was) return [];
    return [`no ${flagName(row)} (preset ${preset}: ${is ?? "none"}), and the run has ${was}`];
  });
  if (dataset !== undefined || data !== undefined || config.data.name === bundled.name) return others;
  return [...others, `no --dataset (${bundled.name}), and the run has ${config.data.name}`];
};
