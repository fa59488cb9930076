// One optimiser step: forward, loss, gradients, update.
import type { Batch } from "@mlpconv/datasets";
import { softmaxCrossEntropy, tf } from "@mlpconv/tensor";
import { rightAnswers } from "./metrics.js";
import type { Optimizer } from "./optimizers/optimizer.js";

export interface StepResult {
  /** Mean cross-entropy of the batch, before the update. */
  loss: number;
  /** How many of the batch's examples were classified right. */
  right: number;
}

/**
 * Trains on one batch, unless its loss is not finite: then the weights stay as they were.
 *
 * @param step how many came before; dropout draws its masks by it
 */
export const trainStep = async (
  model: tf.LayersModel,
  { x, y }: Batch,
  optimizer: Optimizer,
  learningRate: number,
  step: number,
): Promise<StepResult> => {
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  let right: tf.Scalar | undefined;
  const { value, grads } = tf.variableGrads(() => {
    const logits = model.apply(x, { training: true, step }) as tf.Tensor2D;
    right = tf.keep(rightAnswers(logits, y));
    return softmaxCrossEntropy(logits, y);
  }, variables);
  const [[loss], [count]] = await Promise.all([value.data(), right!.data()]);
  if (Number.isFinite(loss)) optimizer.update(variables, grads, learningRate);
  tf.dispose([value, right!, grads]);
  return { loss: loss!, right: count! };
};
