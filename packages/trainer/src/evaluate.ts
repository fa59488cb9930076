// Loss and accuracy of a model on a split: every example counts, the short last batch too.
import type { Loader } from "@mlpconv/datasets";
import type { tf } from "@mlpconv/tensor";
import { nonFiniteWeight } from "./checks.js";
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
 * @throws Error when images or labels do not fit the model, with the example, or there are none, or when the loss is NaN: what is then the
 * largest logit says nothing
 */
export const evaluate = async (
  model: tf.LayersModel,
  loader: Loader,
  options: EvaluateOptions = {},
): Promise<Evaluation> => {
  const figures = await testFigures(model, loader, options);
  if (!Number.isNaN(figures.loss)) return figures;
  const weight = await nonFiniteWeight(model);
  throw new Error(
    `evaluate: expected logits that are numbers, got a loss of NaN${weight ? ` and ${weight}` : ""}; ` +
      (weight
        ? "load weights of a run that has not diverged"
        : "check the images for values that are not numbers, and the weights for values so large that logits overflow"),
  );
};

/** The figures of `evaluate`, also where the loss is NaN. */
export const testFigures = async (
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
