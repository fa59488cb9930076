// One training step: forward, loss, gradients, update.
import type { Batch } from "@mlpconv/datasets";
import { moveTowards, type RunningMean, tf, variableGrads } from "@mlpconv/tensor";
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
    runningMeans,
  } = disposingTargets(tensors, () => lossAndGradients(model, tensors, step));
  const [[meanLoss], [count]] = await Promise.all([mean.data(), right.data()]);
  if (Number.isFinite(meanLoss)) {
    optimizer.update(variablesOf(model), gradients, learningRate);
    runningMeans.forEach(moveTowards);
  }
  tf.dispose([mean, right, gradients, runningMeans.map(({ value }) => value)]);
  return { loss: meanLoss!, right: count! };
};

/** Tensors computed from a batch before the update; `gradients` by variable name. */
interface LossAndGradients {
  loss: tf.Scalar;
  right: tf.Scalar;
  gradients: tf.NamedTensorMap;
  /** The batch's statistics, for the layers that keep running ones; to be moved towards together with the update of the weights. */
  runningMeans: RunningMean[];
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
  const runningMeans: RunningMean[] = [];
  const collect = (mean: RunningMean) => void runningMeans.push({ ...mean, value: tf.keep(mean.value) });
  try {
    const { value, grads } = variableGrads(() => {
      const logits = model.apply(x, {
        training: true,
        model,
        step,
        firstExample,
        runningMeans: collect,
      }) as tf.Tensor2D;
      right = tf.keep(rightAnswers(logits, y));
      return batchLoss(logits, tensors);
    }, variablesOf(model));
    return { loss: value, right: right!, gradients: grads, runningMeans };
  } catch (error) {
    right?.dispose();
    tf.dispose(runningMeans.map((mean) => mean.value));
    throw error;
  }
};

/** The variables that are trained, without frozen layers and frozen weights. */
export const variablesOf = (model: tf.LayersModel): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as tf.Variable).filter(({ trainable }) => trainable);

/** The running means that layers keep beside their weights, without those of frozen layers, and the share of a new value in each. */
export const runningMeansOf = (model: tf.LayersModel): Pick<RunningMean, "variable" | "share">[] =>
  model.layers
    .filter(({ trainable }) => trainable)
    .flatMap((layer) =>
      layer.nonTrainableWeights.map((weight) => ({
        variable: weight.read() as tf.Variable,
        share: 1 - Number(layer.getConfig().momentum),
      })),
    );
