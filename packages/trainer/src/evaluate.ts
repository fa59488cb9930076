// Loss and accuracy of a model on a split: every example counts, the short last batch too.
import type { Loader } from "@mlpconv/datasets";
import type { tf } from "@mlpconv/tensor";
import { testImages } from "./test-pass.js";

/** How good a model is on a split. */
export interface Evaluation {
  /** Mean cross-entropy in nats. */
  loss: number;
  /** Share classified correctly, 0 to 1. */
  accuracy: number;
  /** How many were tested. */
  examples: number;
}

/** How an evaluation may be stopped. */
export interface EvaluateOptions {
  /** When aborted, evaluation stops and throws the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Mean loss and accuracy of the model over one pass of the loader, with dropout off.
 *
 * @throws Error when images or labels do not fit the model, with the example, or there are none
 */
export const evaluate = async (
  model: tf.LayersModel,
  loader: Loader,
  { signal }: EvaluateOptions = {},
): Promise<Evaluation> => {
  let examples = 0;
  let lossSum = 0;
  let correct = 0;
  // `train` reports a loss that is not finite with the step that it comes after.
  for await (const batch of testImages(model, loader, { where: "evaluate", finite: false, signal })) {
    examples += batch.labels.length;
    lossSum += batch.lossSum;
    batch.labels.forEach((label, i) => {
      if (batch.predicted[i] === label) correct++;
    });
  }
  if (examples === 0) throw new Error("evaluate: expected at least one example, got none");
  return { loss: lossSum / examples, accuracy: correct / examples, examples };
};
