// How good a model is on a split: every example counted, the short last batch too.
import type { Loader } from "@mlpconv/datasets";
import { softmaxCrossEntropy, tf } from "@mlpconv/tensor";
import { checkBatch, checkClassifier, checkLoader, nonFiniteWeight } from "./checks.js";
import { rightAnswers } from "./metrics.js";

/** How good a model is on a split. */
export interface Evaluation {
  /** Mean cross-entropy in nats. */
  loss: number;
  /** Share classified right, 0 to 1. */
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

/** As `evaluate`, a loss of NaN included. */
export const testFigures = async (
  model: tf.LayersModel,
  loader: Loader,
  { signal }: EvaluateOptions = {},
): Promise<Evaluation> => {
  checkClassifier("evaluate", model);
  checkLoader("evaluate", model, loader, "");
  let batch = 0;
  let examples = 0;
  let lossSum = 0;
  let right = 0;
  for await (const { x, y } of loader.epoch(0)) {
    const count = y?.shape[0];
    const figures: tf.Tensor[] = [];
    try {
      await checkBatch("evaluate", model, { x, y }, batch++);
      figures.push(
        ...tf.tidy(() => {
          const logits = model.apply(x, { training: false }) as tf.Tensor2D;
          return [softmaxCrossEntropy(logits, y), rightAnswers(logits, y)];
        }),
      );
      const [loss, batchRight] = await Promise.all(figures.map((figure) => figure.data()));
      lossSum += loss![0]! * count;
      right += batchRight![0]!;
      examples += count;
    } finally {
      tf.dispose([x, y, ...figures]);
    }
    await tf.nextFrame();
    signal?.throwIfAborted();
  }
  if (examples === 0) throw new Error("evaluate: expected at least one example, got none");
  return { loss: lossSum / examples, accuracy: right / examples, examples };
};
