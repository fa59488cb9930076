// How good a model is on a split: every example counted, the short last batch too.
import type { Loader } from "@mlpconv/datasets";
import { softmaxCrossEntropy, tf } from "@mlpconv/tensor";
import { checkBatch, checkClassifier, checkLoader } from "./checks.js";
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
 * @throws Error when images or labels do not fit the model, with the example, or there are none
 */
export const evaluate = async (
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
    await checkBatch("evaluate", model, { x, y }, batch++);
    const figures = tf.tidy(() => {
      const logits = model.apply(x, { training: false }) as tf.Tensor2D;
      return [softmaxCrossEntropy(logits, y), rightAnswers(logits, y)] as const;
    });
    const [[loss], [count]] = await Promise.all([figures[0].data(), figures[1].data()]);
    lossSum += loss! * y.shape[0];
    right += count!;
    examples += y.shape[0];
    tf.dispose([x, y, ...figures]);
    await tf.nextFrame();
    signal?.throwIfAborted();
  }
  if (examples === 0) throw new Error("evaluate: expected at least one example, got none");
  return { loss: lossSum / examples, accuracy: right / examples, examples };
};
