// Computes the evaluation of a run's weights from one pass over the test images. All evaluation.json files are made here.
import type { TestBatch } from "@mlpconv/trainer";
import { countConfidence } from "../confidence.js";
import { accuracyOf, classFigures, countConfusion, macroF1 } from "../confusion.js";
import type { Evaluation } from "../files/evaluation.js";
import { epochOf, type TrainedRun } from "./load-run.js";

/** Options of `evaluationOf`. */
export interface EvaluationOptions {
  /** Name of the engine. */
  engine: string;
  /** Called with each batch of the pass. */
  onBatch?: (batch: TestBatch) => void;
}

/**
 * Reads the pass to its end and computes the figures.
 *
 * @param pass `testImages` of the run's model
 * @throws Error when there are no images
 */
export const evaluationOf = async (
  { name, config, weights, metadata }: Omit<TrainedRun, "model">,
  pass: AsyncIterable<TestBatch>,
  { engine, onBatch }: EvaluationOptions,
): Promise<Evaluation> => {
  const began = performance.now();
  const { name: dataset, classes } = config.data;
  const { confusion, add } = countConfusion(classes.length);
  const confidence = countConfidence(classes.length);
  let examples = 0;
  let lossSum = 0;
  for await (const batch of pass) {
    add(batch);
    confidence.add(batch);
    examples += batch.labels.length;
    lossSum += batch.lossSum;
    onBatch?.(batch);
  }
  if (examples === 0) throw new Error(`evaluation of ${name}: expected at least one test image, got none`);
  return {
    run: name,
    model: config.model,
    weights,
    epoch: epochOf(metadata),
    engine,
    dataset,
    examples,
    loss: lossSum / examples,
    accuracy: accuracyOf(confusion),
    ...confidence.figures(),
    macroF1: macroF1(confusion),
    classes: classFigures(confusion, classes),
    confusion,
    seconds: (performance.now() - began) / 1000,
  };
};
