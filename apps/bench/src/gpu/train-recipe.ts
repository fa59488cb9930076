// Trains the runs of experiments on this GPU, several at once, until time is up. Each row is written when its run ends.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeadChannels } from "../recipe/dead-channels.js";
import type { GpuTrial, Precision } from "../recipe/gpu-experiments.js";
import { runTrial, type Trainer } from "../recipe/run-trial.js";
import { rowLine, type TrialRow, trialRow } from "../recipe/trial-row.js";
import { inOrder, runNameOf, runsToDo, type Waiting } from "../recipe/trials.js";
import { runJson } from "../run-json.js";
import type { Plan } from "./plan.js";
import type { RecipeRequest } from "./recipe-request.js";
import { productsOf, WarmUps } from "./warm-up.js";
import { type Machine, writeGpuResults } from "./write-gpu-results.js";

interface GpuTrialRow extends TrialRow {
  precision: Precision;
  gpu: string;
}

export interface TrainRecipeOptions extends RecipeRequest {
  /** Whether the GPU has mixed precision; otherwise all runs are in full precision. */
  mixed: boolean;
  /** Absolute path of the data set's folder. */
  data: string;
  /** Folder of result files, in which rows of earlier calls are found. */
  out: string;
  machine: Machine;
}

interface Job extends Waiting<GpuTrial> {
  name: string;
}

export const trainRecipe = async (
  { experiments: whole, atOnce, precision: asked, tiles, mixed, data, out, machine }: TrainRecipeOptions,
  { packFile, timeLeft, shrink }: Plan,
): Promise<void> => {
  const experiments = Object.fromEntries(
    Object.entries(whole).map(([name, experiment]) => {
      const { trials, ...rest } = shrink(experiment);
      const withPrecision = (trial: GpuTrial): GpuTrial => {
        const precision = mixed ? (asked ?? trial.precision) : "full";
        return { ...trial, precision };
      };
      return [name, { ...rest, trials: trials.map(withPrecision) }];
    }),
  );
  const folder = packFile("recipe");
  const home = join(folder, "home");
  const tilesFile = join(home, "mlpconv", "webgpu", "tiles.json");
  mkdirSync(join(home, "mlpconv", "webgpu"), { recursive: true });
  if (tiles) copyFileSync(tiles, tilesFile);
  const environment = (precision: Precision) => ({
    MLPCONV_PRECISION: precision,
    // Where tiles and the driver's compiled shaders are kept, on a machine whose user may have no home.
    HOME: home,
    XDG_CACHE_HOME: home,
  });
  const trainer = ({ precision }: GpuTrial): Trainer => ({
    program: [packFile("train.js")],
    engine: "webgpu",
    flags: ["--data", data],
    environment: environment(precision),
    folder,
    signal: AbortSignal.timeout(timeLeft()),
  });
  const countDead = (name: string, { precision }: GpuTrial) =>
    runJson<DeadChannels>(
      process.execPath,
      [packFile("measure-dead-channels.js"), name, data],
      environment(precision),
      { signal: AbortSignal.timeout(timeLeft()), cwd: folder },
    );

  const rows = new Map(Object.keys(experiments).map((name) => [name, earlierRows(out, name)]));
  const jobs: Job[] = Object.entries(experiments).flatMap(([name, { trials }]) =>
    runsToDo(trials, rows.get(name)!).map((job) => ({ ...job, name })),
  );
  for (const [name, { question }] of Object.entries(experiments))
    console.log(
      `${name}: ${question} ${jobs.filter((job) => job.name === name).length} runs to do, ${rows.get(name)!.length} done.`,
    );

  const warmUps = new WarmUps();
  const slowest = new Map<string, number>();
  const train = async (job: Job): Promise<void> => {
    const { name, trial, seed } = job;
    const runName = runNameOf(name, job);
    const began = performance.now();
    const run = await runTrial(runName, trial, seed, trainer(trial));
    const dead = await countDead(runName, trial).catch((error: Error) => {
      console.log(`${trial.what}, seed ${seed}: dead channels not counted: ${error.message}`);
      return undefined;
    });
    const { precision } = trial;
    const row = { ...trialRow(trial, run, dead, atOnce), precision, gpu: machine.gpu };
    const { question, trials } = experiments[name]!;
    rows.get(name)!.push(row);
    console.log(`${name}: ${rowLine(row)}`);
    writeGpuResults(out, `recipe-${name}`, machine, undefined, {
      question,
      rows: inOrder(rows.get(name)!, trials),
    });
    const products = productsOf(trial);
    slowest.set(products, Math.max(slowest.get(products) ?? 0, performance.now() - began));
  };
  let left = 0;
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      await warmUps.of(job.trial, trainer(job.trial));
      // A run that cannot end would only slow the others down.
      if (timeLeft() < (slowest.get(productsOf(job.trial)) ?? 2000)) {
        left++;
        continue;
      }
      await train(job).catch((error: Error) =>
        console.log(`${job.name}: ${job.trial.what}, seed ${job.seed}, failed: ${error.message}`),
      );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (left > 0) console.log(`no time was left for ${left} runs`);
  mkdirSync(out, { recursive: true });
  if (existsSync(tilesFile)) copyFileSync(tilesFile, join(out, "tiles.json"));
  keepLogs(
    folder,
    out,
    Object.keys(experiments).filter((name) => experiments[name]!.keepLogs),
  );
};

/** Rows of earlier calls, on whichever GPU. */
const earlierRows = (out: string, name: string): GpuTrialRow[] =>
  (existsSync(out) ? readdirSync(out) : [])
    .filter((file) => file.startsWith(`recipe-${name}-webgpu-`) && file.endsWith(".json"))
    .flatMap((file) => (JSON.parse(readFileSync(join(out, file), "utf8")) as { rows: GpuTrialRow[] }).rows);

/** Packs settings, logs and figures of these experiments' finished runs, without weights. */
const keepLogs = (folder: string, out: string, names: readonly string[]): void => {
  const runs = join(folder, "runs");
  const finished = (existsSync(runs) ? readdirSync(runs) : [])
    .filter((run) => names.some((name) => run.startsWith(`${name}-`)))
    .filter((run) => existsSync(join(runs, run, "summary.json")))
    .flatMap((run) => ["config.json", "events.jsonl", "summary.json"].map((file) => join(run, file)));
  if (finished.length === 0) return;
  execFileSync("tar", ["-C", runs, "-czf", join(out, "recipe-runs.tgz"), ...finished]);
};
