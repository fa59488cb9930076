// Writes the files that programs add to a run's folder: evaluation.json, analysis.json and pictures.json.
import { join } from "node:path";
import { systemErrorMessage, writeAtomically } from "@mlpconv/weights/node";
import type { Analysis } from "../files/analysis.js";
import type { Evaluation } from "../files/evaluation.js";
import type { Pictures } from "../files/pictures.js";
import { PICTURES } from "./folder-files.js";
import { RunFolderError } from "./run-folder-error.js";

/**
 * Writes evaluation.json, replacing an existing one.
 *
 * @throws RunFolderError when the folder cannot be written
 */
export const writeEvaluation = (folder: string, evaluation: Evaluation): Promise<void> =>
  write(folder, "evaluation.json", rowsOnLines(JSON.stringify(evaluation, null, 2)));

/** A line for each row of numbers: with a line for each number, the matrix of 1,000 classes would have a million. Texts in JSON have no line breaks. */
const rowsOnLines = (json: string): string =>
  json.replace(/\[\n[\d,\s]+\]/g, (row) => row.replace(/\s+/g, "").replaceAll(",", ", "));

/**
 * Writes analysis.json, replacing an existing one.
 *
 * @throws RunFolderError when the folder cannot be written
 */
export const writeAnalysis = (folder: string, analysis: Analysis): Promise<void> =>
  write(folder, "analysis.json", JSON.stringify(analysis));

/**
 * Writes pictures.json, replacing an existing one.
 *
 * @throws RunFolderError when the folder cannot be written
 */
export const writePictures = (folder: string, { each, hashes }: Pictures): Promise<void> => {
  // A line for each file.
  const rows = hashes.map((row) => JSON.stringify(row)).join(",\n");
  return write(folder, PICTURES, `{"each": ${JSON.stringify(each)}, "hashes": [\n${rows}\n]}`);
};

const write = async (folder: string, name: string, text: string): Promise<void> => {
  try {
    await writeAtomically(join(folder, name), (file) => file.writeFile(`${text}\n`));
  } catch (cause) {
    throw new RunFolderError(`run: expected ${folder} to take ${name}, got ${systemErrorMessage(cause)}`, {
      cause,
    });
  }
};
