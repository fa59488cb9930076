// One recipe trained on Fashion-MNIST at full size by the program that users have, in a process of its own.
import { mkdirSync } from "node:fs";
import type { PresetName } from "@mlpconv/programs";
import { runJson } from "../run-json.js";
import type { Plan } from "./plan.js";

/**
 * @param data absolute path of the data set's folder
 * @param folder whose `runs` the run is kept in
 */
export const trainOnGpu = async (
  preset: PresetName,
  data: string,
  folder: string,
  { script, trainFlags }: Plan,
) => {
  const given = ["--preset", preset, "--data", data, "--run", preset];
  const asked = ["--engine", "webgpu", ...given, ...trainFlags, "--json"];
  // `train` keeps its runs below the folder that it is started in.
  mkdirSync(folder, { recursive: true });
  process.chdir(folder);
  const summary = await runJson<object>(process.execPath, [script("train.js"), "train", ...asked]);
  console.log(`${preset}: ${JSON.stringify(summary)}`);
  return { preset, ...summary };
};
