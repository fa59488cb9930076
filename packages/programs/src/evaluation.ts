// Writes evaluation.json: how good a run's weights are on the test images.
import { join } from "node:path";
import type { Evaluation } from "@mlpconv/trainer/run-files";
import { writeAtomically } from "@mlpconv/weights/node";

/** Writes evaluation.json, replacing one that was there. */
export const writeEvaluation = (folder: string, evaluation: Evaluation): Promise<void> =>
  writeAtomically(join(folder, "evaluation.json"), (file) =>
    file.writeFile(`${JSON.stringify(evaluation, null, 2)}\n`),
  );
