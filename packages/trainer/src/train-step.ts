// One training step: forward, loss, gradients, update.
import type { Batch } from "@mlpconv/datasets";
import { softmaxCrossEntropy, tf } from "@mlpconv/tensor";
import { rightAnswers } from "./metrics.js";
import type { Optimizer } from "./optimizers/optimizer.js";

/** The figures of a step. */
export interface StepResult {
  /** Mean cross-entropy of the batch, before the update. */
  loss: number;
  /** How many of the batch's examples were classified right. */
  right: number;
}

/** Trains on one batch, unless its loss is not finite: then the weights stay as they were. */
export const trainStep = async (
  model: tf.LayersModel,
  batch: Batch,
  optimizer: Optimizer,
  learningRate: number,
  step: number,
): Promise<StepResult> => {
  const { loss, right, gradients } = lossAndGradients(model, batch, step);
  const [[meanLoss], [count]] = await Promise.all([loss.data(), right.data()]);
  if (Number.isFinite(meanLoss)) optimizer.update(variablesOf(model), gradients, learningRate);
  tf.dispose([loss, right, gradients]);
  return { loss: meanLoss!, right: count! };
};

/** What a batch gives before the update, as tensors; `gradients` by the variable's name. */
interface LossAndGradients {
  loss: tf.Scalar;
  right: tf.Scalar;
  gradients: tf.NamedTensorMap;
}

/**
 * @param step how many came before; dropout draws its masks by it
 * @param firstExample place of the batch's first example in a larger batch that it is a shard of
 */
export const lossAndGradients = (
  model: tf.LayersModel,
  { x, y }: Batch,
  step: number,
  firstExample = 0,
): LossAndGradients => {
  let right: tf.Scalar | undefined;
  const { value, grads } = tf.variableGrads(() => {
    const logits = model.apply(x, { training: true, step, firstExample }) as tf.Tensor2D;
    right = tf.keep(rightAnswers(logits, y));
    return softmaxCrossEntropy(logits, y);
  }, variablesOf(model));
  return { loss: value, right: right!, gradients: grads };
};

/** The variables that are trained: neither a frozen layer's weights nor a weight that is frozen by itself. */
export const variablesOf = (model: tf.LayersModel): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as tf.Variable).filter(({ trainable }) => trainable);
