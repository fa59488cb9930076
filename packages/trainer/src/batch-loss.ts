// The loss of a batch: cross-entropy with its labels, or with shares of all classes where labels are smoothed, weighted or mixed.
import type { Batch } from "@mlpconv/datasets";
import { softmaxCrossEntropy, tf } from "@mlpconv/tensor";

/** How the loss of training differs from the mean cross-entropy. The loss of test images is never changed. */
export interface LossOptions {
  /** Share of each label that is spread evenly over all classes (Szegedy et al., 2016), from 0 to below 1. Default 0. */
  labelSmoothing?: number;
  /**
   * A factor for the loss of each class's examples, one for each class. The loss stays a mean over examples, as in Keras; PyTorch's
   * `CrossEntropyLoss(weight)` divides by the sum of the batch's factors instead, so that its steps are larger or smaller from batch to batch. Default 1 for all.
   */
  classWeights?: readonly number[];
}

/** A batch as a step needs it on the engine. */
export interface StepTensors {
  x: tf.Tensor4D;
  y: tf.Tensor1D;
  /** [B, classes]: the loss is minus the sum of this times the logarithm of the probabilities. Absent: the mean cross-entropy of y. */
  targets?: tf.Tensor2D;
}

/** Whether the options change the loss. */
const changes = ({ labelSmoothing = 0, classWeights }: LossOptions): boolean =>
  labelSmoothing > 0 || classWeights !== undefined;

/** The tensors of a batch, for `disposingTargets`. */
export const stepTensors = async (
  model: tf.LayersModel,
  { x, y, mix }: Batch,
  options: LossOptions,
): Promise<StepTensors> => {
  if (!mix && !changes(options)) return { x, y };
  // The labels come from the host, which still has them: nothing waits for a GPU.
  const labels = await y.data();
  const classes = model.outputs[0]!.shape[1]!;
  const values = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) {
    const row = values.subarray(i * classes, (i + 1) * classes);
    const share = mix ? mix.shares[i]! : 1;
    addTarget(row, labels[i]!, share / labels.length, options);
    if (mix) addTarget(row, mix.labels[i]!, (1 - share) / labels.length, options);
  }
  return { x, y, targets: tf.tensor2d(values, [labels.length, classes]) };
};

/** Adds a label's shares of all classes, times a factor. */
const addTarget = (
  row: Float32Array,
  label: number,
  factor: number,
  { labelSmoothing = 0, classWeights }: LossOptions,
): void => {
  const weight = (k: number) => factor * (classWeights?.[k] ?? 1);
  row[label]! += (1 - labelSmoothing) * weight(label);
  if (labelSmoothing > 0)
    for (let k = 0; k < row.length; k++) row[k]! += (labelSmoothing / row.length) * weight(k);
};

/** Gives what `use` gives, and disposes what `stepTensors` added to the batch. */
export const disposingTargets = <T>({ targets }: StepTensors, use: () => T): T => {
  try {
    return use();
  } finally {
    targets?.dispose();
  }
};

/** The loss of the batch: a mean over its examples, in nats. */
export const batchLoss = (logits: tf.Tensor2D, { y, targets }: StepTensors): tf.Scalar =>
  targets
    ? tf.neg(tf.sum<tf.Scalar>(tf.mul(targets, tf.logSoftmax(logits))))
    : softmaxCrossEntropy(logits, y);

/**
 * Factors for `classWeights` with which all classes count alike, however many examples each has: the mean number of examples of a class over its own.
 *
 * @throws RangeError for a label that is no class
 */
export const balancedClassWeights = (labels: ArrayLike<number>, classes: number): number[] => {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) {
    if (counts[labels[i]!] === undefined)
      throw new RangeError(
        `balancedClassWeights: expected labels from 0 to ${classes - 1}, got ${labels[i]} for example ${i}; give the number of classes`,
      );
    counts[labels[i]!]!++;
  }
  // A class without examples has no loss.
  return counts.map((count) => (count === 0 ? 0 : labels.length / (classes * count)));
};
