// evaluation.json: how good a run's weights are on the test images.
import { join } from "node:path";
import type { ModelName } from "@mlpconv/models";
import { writeAtomically } from "@mlpconv/weights/node";
import type { ClassFigures } from "./confusion.js";
import type { WeightsName } from "./run-folder.js";

/** What `evaluate` writes into a run's folder. Accuracies and precisions are shares, 0 to 1; losses in nats. */
export interface Evaluation {
  run: string;
  model: ModelName;
  weights: WeightsName;
  /** In which the weights were saved; null when their file does not say. */
  epoch: number | null;
  engine: string;
  dataset: string;
  /** Test images: all there are. */
  examples: number;
  loss: number;
  accuracy: number;
  /** In the order of the labels, each with its own figures. */
  classes: ClassFigures[];
  /** `confusion[i][j]` images of class i were taken for class j. */
  confusion: number[][];
  /** Of the pass over the images. */
  seconds: number;
}

/** Writes evaluation.json, replacing one that was there. */
export const writeEvaluation = (folder: string, evaluation: Evaluation): Promise<void> =>
  writeAtomically(join(folder, "evaluation.json"), (file) =>
    file.writeFile(`${JSON.stringify(evaluation, null, 2)}\n`),
  );
