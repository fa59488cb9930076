// Files that the programs add to a run's folder: evaluation.json, insights.json.
import { join } from "node:path";
import type { Evaluation, Insights } from "@mlpconv/trainer/run-files";
import { systemWords, writeAtomically } from "@mlpconv/weights/node";
import { RunError } from "./find-run.js";

/**
 * Writes evaluation.json, replacing one that was there.
 *
 * @throws RunError when the folder cannot be written
 */
export const writeEvaluation = (folder: string, evaluation: Evaluation): Promise<void> =>
  write(folder, "evaluation.json", JSON.stringify(evaluation, null, 2));

/**
 * Writes insights.json, replacing one that was there.
 *
 * @throws RunError when the folder cannot be written
 */
export const writeInsightsFile = (folder: string, insights: Insights): Promise<void> =>
  write(folder, "insights.json", JSON.stringify(insights));

const write = async (folder: string, name: string, text: string): Promise<void> => {
  try {
    await writeAtomically(join(folder, name), (file) => file.writeFile(`${text}\n`));
  } catch (cause) {
    throw new RunError(`run: expected ${folder} to take ${name}, got ${systemWords(cause)}`, { cause });
  }
};
