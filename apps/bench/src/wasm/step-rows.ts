// Training steps on engine wasm with one thread and two, beside an older checkout and PyTorch, in alternating processes.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "@mlpconv/cli-kit";
import { type CaseName, cases } from "../cases.js";
import { nodeArguments, runJson } from "../run-json.js";
import { median } from "../statistics.js";

const THREADS = [1, 2] as const;

export interface StepOptions {
  cases: readonly CaseName[];
  /** Images in a step; default: those of the case. */
  batch?: number;
  steps: number;
  rounds: number;
  /** Another checkout with its dependencies installed, whose engine wasm is measured too. */
  beside?: string;
  /** Whether to measure PyTorch too. */
  peers: boolean;
  python: string;
}

interface Measured {
  secondsPerStep: number;
}

/** Measures a checkout by its own program, whose arguments are those of this one's. */
const besideArguments = (folder: string, plan: readonly string[]): string[] => [
  ...process.execArgv,
  join(resolve(folder), "apps/bench/src/measure-step.ts"),
  ...plan,
];

/** @throws UsageError when the folder is not a checkout */
export const checkBeside = (folder: string): void => {
  const program = join(resolve(folder), "apps/bench/src/measure-step.ts");
  const installed = join(resolve(folder), "apps/bench/node_modules");
  for (const path of [program, installed])
    if (!existsSync(path))
      throw new UsageError("bench wasm", [
        `--beside: expected a checkout with its dependencies installed, got ${folder}, which has no ${path}`,
      ]);
};

const rowOf = async (name: CaseName, threads: number, options: StepOptions) => {
  const { steps, rounds, beside, peers, python, batch = cases[name].batch } = options;
  const plan = ["step", name, String(batch), String(steps)];
  const environment = { MLPCONV_THREADS: String(threads), OMP_NUM_THREADS: String(threads) };
  const script = fileURLToPath(new URL("../../peers/pytorch.py", import.meta.url));
  const columns = {
    ours: () =>
      runJson<Measured>(process.execPath, nodeArguments("measure-step.ts", ...plan, "wasm"), environment),
    ...(beside && {
      beside: () =>
        runJson<Measured>(process.execPath, besideArguments(beside, [...plan, "wasm"]), environment, {
          cwd: beside,
        }),
    }),
    // NHWC, because the faster layout of each step is `bench step`'s question.
    ...(peers && { pytorch: () => runJson<Measured>(python, [script, ...plan, "nhwc"], environment) }),
  };
  const seconds: Record<string, number[]> = Object.fromEntries(
    Object.keys(columns).map((column) => [column, []]),
  );
  for (let round = 0; round < rounds; round++)
    for (const [column, measure] of Object.entries(columns))
      seconds[column]!.push((await measure()).secondsPerStep);
  const imagesPerSecond = Object.fromEntries(
    Object.entries(seconds).map(([column, runs]) => [column, batch / median(runs)]),
  );
  const speedups = Object.fromEntries(
    Object.entries(seconds)
      .filter(([column]) => column !== "ours")
      .map(([column, runs]) => [column, median(runs.map((one, i) => one / seconds.ours![i]!))]),
  );
  return { case: name, batch, threads, imagesPerSecond, speedups };
};

/** What was measured of a net with a number of threads: images a second by column, and how many times the others ours is. */
export type StepRow = Awaited<ReturnType<typeof rowOf>>;

export const stepRows = async (options: StepOptions, onRow: (row: StepRow) => void): Promise<StepRow[]> => {
  const rows: StepRow[] = [];
  for (const name of options.cases) {
    for (const threads of THREADS) {
      const row = await rowOf(name, threads, options);
      onRow(row);
      rows.push(row);
    }
  }
  return rows;
};
