// Files that the programs add to a run's folder: evaluation.json, analysis.json.
import { join } from "node:path";
import { systemWords, writeAtomically } from "@mlpconv/weights/node";
import type { Analysis } from "../files/analysis.js";
import type { Evaluation } from "../files/evaluation.js";
import { RunFolderError } from "./run-folder-error.js";

/**
 * Writes evaluation.json, replacing one that was there.
 *
 * @throws RunFolderError when the folder cannot be written
 */
export const writeEvaluation = (folder: string, evaluation: Evaluation): Promise<void> =>
  write(folder, "evaluation.json", JSON.stringify(evaluation, null, 2));

/**
 * Writes analysis.json, replacing one that was there.
 *
 * @throws RunFolderError when the folder cannot be written
 */
export const writeAnalysis = (folder: string, analysis: Analysis): Promise<void> =>
  write(folder, "analysis.json", JSON.stringify(analysis));

const write = async (folder: string, name: string, text: string): Promise<void> => {
  try {
    await writeAtomically(join(folder, name), (file) => file.writeFile(`${text}\n`));
  } catch (cause) {
    throw new RunFolderError(`run: expected ${folder} to take ${name}, got ${systemWords(cause)}`, { cause });
  }
};
