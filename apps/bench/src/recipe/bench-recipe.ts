// `pnpm bench recipe`: trains the runs of the experiments, several at once, and writes each run's row when it ends.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { findRun } from "@mlpconv/cli-kit";
import { type Dataset, fashionMnist, loader, testOptions } from "@mlpconv/datasets";
import { accuracyStrips, withTheme } from "@mlpconv/report";
import { toPng } from "@mlpconv/report/node";
import { loadRun } from "@mlpconv/runs/node";
import { useEngine } from "@mlpconv/tensor";
import { readResults, writeResults } from "../results.js";
import { deadChannels } from "./dead-channels.js";
import { type ExperimentName, experiments, type Trial } from "./experiments.js";
import { runTrial } from "./run-trial.js";
import { type TrialRow, trialRow } from "./trial-row.js";

interface RecipeResults {
  question: string;
  rows: TrialRow[];
}

// Number of images for which a channel must be zero to be called dead.
const seenImages = 2000;

export interface RecipeOptions {
  /** Number of simultaneous runs; with several, each uses one thread. */
  jobs: number;
  /** Name of a single trial to run; absent: all trials. */
  only?: string;
}

export const benchRecipe = async (
  names: readonly ExperimentName[],
  options: RecipeOptions,
): Promise<void> => {
  await useEngine("native");
  const data = await fashionMnist();
  for (const name of names) await runExperiment(name, options, data);
};

const runExperiment = async (
  name: ExperimentName,
  { jobs, only }: RecipeOptions,
  data: Dataset,
): Promise<void> => {
  const { question, trials: all } = experiments[name];
  const trials = all.filter(({ what }) => only === undefined || what === only);
  if (trials.length === 0) {
    const names = all.map(({ what }) => `"${what}"`).join(", ");
    throw new RangeError(`bench: expected --only to be one of ${names}, got "${only}"`);
  }
  const what = `${name}-native`;
  const rows = readResults<RecipeResults>("recipe", what)?.rows ?? [];
  const isDone = (trial: Trial, seed: number) =>
    rows.some((row) => row.what === trial.what && row.flags === trial.flags && row.seed === seed);
  // All trials with seed 0 come first, so that a benchmark that is stopped early has results of each.
  const most = Math.max(...trials.map(({ seeds }) => seeds));
  const waiting = Array.from({ length: most }, (_, seed) =>
    trials.filter((trial) => seed < trial.seeds && !isDone(trial, seed)).map((trial) => ({ trial, seed })),
  ).flat();
  console.log(`${name}: ${question} ${waiting.length} runs to do, ${rows.length} done.`);
  /** Rows in the experiment's order, because runs end in any order. */
  const inOrder = () => rows.toSorted((a, b) => place(all, a) - place(all, b) || a.seed - b.seed);
  const keep = () => writeResults("recipe", what, undefined, { question, rows: inOrder() });
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { trial, seed } = next;
      const runName = runNameOf(name, trial, seed);
      const run = await runTrial(runName, trial, seed, jobs);
      const row = trialRow(trial, run, await countDead(runName, data), jobs);
      rows.push(row);
      console.log(line(row));
      keep();
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  await draw(keep(), question, inOrder());
};

const place = (trials: readonly Trial[], { what }: TrialRow): number =>
  trials.findIndex((trial) => trial.what === what);

/** Draws a figure beside the file of rows. */
const draw = async (path: string, question: string, rows: readonly TrialRow[]): Promise<void> => {
  const strips = [...new Set(rows.map(({ what }) => what))].map((label) => ({
    label,
    accuracies: rows.filter(({ what }) => what === label).map((row) => row.testAccuracies.at(-1)!),
  }));
  const svg = accuracyStrips(question, strips);
  await writeFile(path.replace(/json$/, "svg"), withTheme(svg, "light"));
  await writeFile(path.replace(/json$/, "png"), await toPng(svg, { scale: 2 }));
};

const countDead = async (name: string, data: Dataset) => {
  const { model, config } = await loadRun(await findRun("bench", name, "last"));
  const dead = await deadChannels(model, loader(data.test, { ...testOptions(config), limit: seenImages }));
  model.dispose();
  return dead;
};

/** A readable name that changes when the trial's flags change. */
const runNameOf = (name: string, { what, model, preset, flags }: Trial, seed: number): string => {
  const words = [name, model, ...what.split(/[^A-Za-z0-9]+/)].join("-");
  const hash = createHash("sha256").update(`${preset} ${flags}`).digest("hex").slice(0, 6);
  return `${words}-${hash}-seed${seed}`;
};

const line = ({
  what,
  seed,
  testAccuracies,
  plateauSteps,
  deadClasses,
  deadHidden,
  seconds,
}: TrialRow): string =>
  [
    `${what}, seed ${seed}: ${testAccuracies.map((accuracy) => accuracy.toFixed(4)).join(" ")}`,
    plateauSteps === null ? "never left the plateau" : `left the plateau at step ${plateauSteps}`,
    `dead: ${deadClasses} classes, ${deadHidden} channels`,
    `${seconds.toFixed(0)} s`,
  ].join(", ");
