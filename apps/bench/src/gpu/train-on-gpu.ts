// NiN trained on Fashion-MNIST at 224 px by the program that users have: the chapter's recipe and ours, ten epochs each.
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { runJson } from "../run-json.js";
import type { Plan } from "./plan.js";

/** @param folder whose `runs` the runs are kept in */
export const trainOnGpu = async (data: string, folder: string, { script, trainFlags }: Plan) => {
  const files = resolve(data);
  mkdirSync(folder, { recursive: true });
  // `train` keeps its runs below the folder that it is started in.
  process.chdir(folder);
  const rows = [];
  for (const preset of ["d2l", "best"]) {
    const asked = [
      "--model",
      "nin",
      "--preset",
      preset,
      "--engine",
      "webgpu",
      "--data",
      files,
      "--run",
      preset,
    ];
    const summary = await runJson<object>(process.execPath, [
      script("train.js"),
      "train",
      ...asked,
      ...trainFlags,
      "--json",
    ]);
    rows.push({ preset, ...summary });
    console.log(`${preset}: ${JSON.stringify(summary)}`);
  }
  return rows;
};
