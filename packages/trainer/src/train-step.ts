// One training step: forward, loss, gradients, update.
import type { Batch } from "@mlpconv/datasets";
import { tf } from "@mlpconv/tensor";
import {
  batchLoss,
  disposingTargets,
  type LossOptions,
  type StepTensors,
  stepTensors,
} from "./batch-loss.js";
import { rightAnswers } from "./metrics.js";
import type { Optimizer } from "./optimizers/optimizer.js";

/** Result of a step. */
export interface StepResult {
  /** Loss of the batch, before the update, in nats. */
  loss: number;
  /** Number of the batch's examples that were classified right. */
  right: number;
}

/** Trains on one batch. If its loss is not finite, the weights stay unchanged. */
export const trainStep = async (
  model: tf.LayersModel,
  batch: Batch,
  optimizer: Optimizer,
  learningRate: number,
  step: number,
  loss: LossOptions = {},
): Promise<StepResult> => {
  const tensors = await stepTensors(model, batch, loss);
  const {
    loss: mean,
    right,
    gradients,
  } = disposingTargets(tensors, () => lossAndGradients(model, tensors, step));
  const [[meanLoss], [count]] = await Promise.all([mean.data(), right.data()]);
  if (Number.isFinite(meanLoss)) optimizer.update(variablesOf(model), gradients, learningRate);
  tf.dispose([mean, right, gradients]);
  return { loss: meanLoss!, right: count! };
};

/** Tensors computed from a batch before the update; `gradients` by variable name. */
interface LossAndGradients {
  loss: tf.Scalar;
  right: tf.Scalar;
  gradients: tf.NamedTensorMap;
}

/**
 * @param step number of steps before it, from which dropout draws its masks
 * @param firstExample index of the batch's first example in the larger batch of which it is a shard
 */
export const lossAndGradients = (
  model: tf.LayersModel,
  tensors: StepTensors,
  step: number,
  firstExample = 0,
): LossAndGradients => {
  const { x, y } = tensors;
  let right: tf.Scalar | undefined;
  const { value, grads } = tf.variableGrads(() => {
    const logits = model.apply(x, { training: true, step, firstExample }) as tf.Tensor2D;
    right = tf.keep(rightAnswers(logits, y));
    return batchLoss(logits, tensors);
  }, variablesOf(model));
  return { loss: value, right: right!, gradients: grads };
};

/** The variables that are trained, without frozen layers and frozen weights. */
export const variablesOf = (model: tf.LayersModel): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as tf.Variable).filter(({ trainable }) => trainable);
