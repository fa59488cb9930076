// `bench threads`: measures the speedup of engine native's training step with more threads.
import { availableParallelism } from "node:os";
import { type CaseName, cases } from "./cases.js";
import { writeResults } from "./results.js";
import { nodeArguments, runJson } from "./run-json.js";
import { median } from "./statistics.js";

export interface ThreadsOptions {
  cases: CaseName[];
  /** Steps in a round, after two for warming up. */
  steps: number;
  /** Number of rounds, each with one thread and with all threads. */
  rounds: number;
}

export const benchThreads = async ({ cases: names, steps, rounds }: ThreadsOptions) => {
  const threads = availableParallelism();
  const rows = [];
  for (const name of names) {
    const { batch } = cases[name];
    const seconds = async (count: number): Promise<number> => {
      const script = nodeArguments("measure-step.ts", "step", name, String(batch), String(steps), "native");
      const environment = { MLPCONV_THREADS: String(count) };
      return (await runJson<{ secondsPerStep: number }>(process.execPath, script, environment))
        .secondsPerStep;
    };
    const runs: { one: number; all: number }[] = [];
    for (let round = 0; round < rounds; round++)
      runs.push({ one: await seconds(1), all: await seconds(threads) });
    const row = {
      case: name,
      batch,
      threads,
      oneThreadImagesPerSecond: batch / median(runs.map(({ one }) => one)),
      imagesPerSecond: batch / median(runs.map(({ all }) => all)),
      ratio: median(runs.map(({ one, all }) => one / all)),
    };
    rows.push(row);
    console.log(
      `${name} batch ${batch}: 1 thread ${row.oneThreadImagesPerSecond.toFixed(1)} images/s, ${threads} threads ${row.imagesPerSecond.toFixed(1)}, ratio ${row.ratio.toFixed(2)}`,
    );
  }
  console.log(`written to ${writeResults("threads", "native", undefined, { steps, rounds, rows })}`);
};
