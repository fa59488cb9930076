// `pnpm bench recipe`: trains the runs of the experiments, several at once, and writes each run's row when it ends.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Dataset, fashionMnist } from "@mlpconv/datasets";
import { accuracyStrips, withTheme } from "@mlpconv/report";
import { toPng } from "@mlpconv/report/node";
import { useEngine } from "@mlpconv/tensor";
import { readResults, writeResults } from "../results.js";
import { countDead } from "./count-dead.js";
import { type ExperimentName, experiments } from "./experiments.js";
import { runTrial, type Trainer } from "./run-trial.js";
import { rowLine, type TrialRow, trialRow } from "./trial-row.js";
import { inOrder, runNameOf, runsToDo } from "./trials.js";

interface RecipeResults {
  question: string;
  rows: TrialRow[];
}

const trainProgram = fileURLToPath(new URL("../../../train/src/main.ts", import.meta.url));

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
  const waiting = runsToDo(trials, rows);
  console.log(`${name}: ${question} ${waiting.length} runs to do, ${rows.length} done.`);
  const figures = () => ({ question, rows: inOrder(rows, all) });
  const keep = () => writeResults("recipe", what, undefined, figures());
  const trainer: Trainer = {
    program: [...process.execArgv, trainProgram],
    engine: "native",
    ...(jobs > 1 && { environment: { MLPCONV_THREADS: "1" } }),
  };
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const runName = runNameOf(name, next);
      const run = await runTrial(runName, next.trial, next.seed, trainer);
      const row = trialRow(next.trial, run, await countDead(runName, data), jobs);
      rows.push(row);
      console.log(rowLine(row));
      keep();
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  await draw(keep(), question, figures().rows);
};

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
