// Trains one recipe on all of Fashion-MNIST with the users' program `train`, in its own process. An interrupted run is resumed.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PresetName } from "@mlpconv/runs";
import { runJson } from "../run-json.js";
import type { Plan } from "./plan.js";

/**
 * @param data absolute path of the data set's folder
 * @param folder in whose `runs` the run is stored
 */
export const trainOnGpu = async (
  preset: PresetName,
  data: string,
  folder: string,
  { packFile, trainFlags, timeLeft }: Plan,
) => {
  const run = join(folder, "runs", preset);
  const done = summaryOf(run);
  if (done && !done.interrupted) return { preset, ...done };
  const given = ["--preset", preset, "--data", data, "--run", preset];
  const asked = [
    "--engine",
    "webgpu",
    ...given,
    ...trainFlags,
    "--json",
    ...(existsSync(run) ? ["--resume"] : []),
  ];
  // `train` stores runs below its working directory.
  mkdirSync(folder, { recursive: true });
  process.chdir(folder);
  const summary = await runJson<Summary>(
    process.execPath,
    [packFile("train.js"), "train", ...asked],
    {},
    { signal: AbortSignal.timeout(timeLeft()) },
  );
  console.log(`${preset}: ${JSON.stringify(summary)}`);
  return { preset, ...summary };
};

interface Summary {
  interrupted: boolean;
}

const summaryOf = (run: string): Summary | undefined => {
  const path = join(run, "summary.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
};
