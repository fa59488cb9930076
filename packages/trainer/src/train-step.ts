// What is learned from one batch: its loss and the gradients.
import type { Batch } from "@mlpconv/datasets";
import { softmaxCrossEntropy, tf } from "@mlpconv/tensor";
import { rightAnswers } from "./metrics.js";

export interface StepResult {
  /** Mean cross-entropy of the batch, before the update. */
  loss: number;
  /** How many of the batch's examples were classified right. */
  right: number;
}

/** What a step learns from a batch: tensors. */
export interface Gradients {
  loss: tf.Scalar;
  right: tf.Scalar;
  /** By the variable's name. */
  gradients: tf.NamedTensorMap;
}

/** @param step how many came before; dropout draws its masks by it */
export const gradientsOf = (model: tf.LayersModel, { x, y }: Batch, step: number): Gradients => {
  let right: tf.Scalar | undefined;
  const { value, grads } = tf.variableGrads(() => {
    const logits = model.apply(x, { training: true, step }) as tf.Tensor2D;
    right = tf.keep(rightAnswers(logits, y));
    return softmaxCrossEntropy(logits, y);
  }, variablesOf(model));
  return { loss: value, right: right!, gradients: grads };
};

/** What is trained: neither a frozen layer's weights nor a weight that is frozen by itself. */
export const variablesOf = (model: tf.LayersModel): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as tf.Variable).filter(({ trainable }) => trainable);

export const resultOf = async ({ loss, right }: Gradients): Promise<StepResult> => {
  const [[mean], [count]] = await Promise.all([loss.data(), right.data()]);
  return { loss: mean!, right: count! };
};
