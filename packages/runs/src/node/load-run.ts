// A run's net with the weights that it learned.
import { models } from "@mlpconv/models";
import type { tf } from "@mlpconv/tensor";

import { loadWeights, systemWords } from "@mlpconv/weights/node";
import type { Net, TrainedConfig } from "../files/config.js";
import type { WeightsName } from "../files/evaluation.js";
import { RunFileError } from "../files/parse.js";

/** A run and which of its weights to load. */
export interface FoundRun {
  /** The run's name, which is its folder's. */
  name: string;
  /** Path of the run's folder. */
  folder: string;
  /** What the run was asked to do. */
  config: TrainedConfig;
  /** Which of its weights. */
  weights: WeightsName;
  /** Path of their safetensors file. */
  path: string;
}

/** A run with its network. */
export interface TrainedRun extends FoundRun {
  /** The network with these weights. */
  model: tf.LayersModel;
  /** What the file of weights says of itself, such as `epoch` and `testAccuracy`. */
  metadata: Readonly<Record<string, string>>;
}

/**
 * The net of a run, as its config.json has it, with fresh weights.
 *
 * @throws Error when the images are too small for the net
 */
export const buildNet = (
  config: Pick<TrainedConfig, "model" | "resize" | "net" | "seed" | "data">,
): tf.LayersModel => {
  const { model, resize, seed, data } = config;
  const inputShape = [resize, resize, data.shape[2]] as [number, number, number];
  return models[model]({ ...modelArgs(config), inputShape, classes: data.classes.length, seed });
};

/** What makes the net the one that it is, beside its input: without how its weights began. */
export const modelArgs = ({ net: { init: _, ...args } }: Pick<TrainedConfig, "net">): Omit<Net, "init"> =>
  args;

/** @throws RunFileError naming the file when the weights are broken or of another net */
export const loadRun = async (run: FoundRun): Promise<TrainedRun> => {
  const { model: name, resize } = run.config;
  try {
    const model = buildNet(run.config);
    const metadata = await loadWeights(model, run.path, { checksum: true });
    return { ...run, model, metadata };
  } catch (cause) {
    throw new RunFileError(
      `${run.path}: expected weights of ${name} at ${resize}x${resize} pixels, got: ${systemWords(cause)}`,
      { cause },
    );
  }
};

/** The epoch in which the weights were saved, where their file says so. */
export const epochOf = ({ epoch }: TrainedRun["metadata"]): number | null =>
  epoch !== undefined && /^\d+$/.test(epoch) ? Number(epoch) : null;

/** "best weights, epoch 3", as far as the weights know. */
export const weightsWords = ({ weights, metadata }: Pick<TrainedRun, "weights" | "metadata">): string => {
  const epoch = epochOf(metadata);
  return epoch === null ? `${weights} weights` : `${weights} weights, epoch ${epoch}`;
};
