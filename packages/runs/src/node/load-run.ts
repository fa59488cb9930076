// Loads the trained model of a run.
import type { tf } from "@mlpconv/tensor";

import { loadWeights, systemErrorMessage } from "@mlpconv/weights/node";
import type { TrainedConfig } from "../files/config.js";
import type { WeightsName } from "../files/evaluation.js";
import { RunFileError } from "../files/parse.js";
import { buildModel, modelArgs } from "../recipe/build-model.js";

/** A run, and the weights to load. */
export interface FoundRun {
  /** The run's name, which is its folder's name. */
  name: string;
  /** Path of the run's folder. */
  folder: string;
  /** The run's config.json. */
  config: TrainedConfig;
  /** Name of the weights. */
  weights: WeightsName;
  /** Path of the weights' safetensors file. */
  path: string;
}

/** A run with its model. */
export interface TrainedRun extends FoundRun {
  /** The model with these weights. */
  model: tf.LayersModel;
  /** Metadata of the file of weights, such as `epoch` and `testAccuracy`. */
  metadata: Readonly<Record<string, string>>;
}

/**
 * Builds the model of a run from its config.json, with newly initialised weights.
 *
 * @throws Error when the images are too small for the model
 */
export const buildNet = (
  config: Pick<TrainedConfig, "model" | "resize" | "net" | "seed" | "data">,
): tf.LayersModel => {
  const { data, ...settings } = config;
  return buildModel({ ...settings, net: modelArgs(config) }, data);
};

/** @throws RunFileError naming the file when the weights are damaged or of another model */
export const loadRun = async (run: FoundRun): Promise<TrainedRun> => {
  const { model: name, resize } = run.config;
  try {
    const model = buildNet(run.config);
    const metadata = await loadWeights(model, run.path, { checksum: true });
    return { ...run, model, metadata };
  } catch (cause) {
    throw new RunFileError(
      `${run.path}: expected weights of ${name} at ${resize}x${resize} pixels, got: ${systemErrorMessage(cause)}`,
      { cause },
    );
  }
};

/** The epoch in which the weights were saved, if their file records it. */
export const epochOf = ({ epoch }: TrainedRun["metadata"]): number | null =>
  epoch !== undefined && /^\d+$/.test(epoch) ? Number(epoch) : null;

/** Description such as "best weights, epoch 3", with the facts that the file records. */
export const weightsWords = ({ weights, metadata }: Pick<TrainedRun, "weights" | "metadata">): string => {
  const epoch = epochOf(metadata);
  return epoch === null ? `${weights} weights` : `${weights} weights, epoch ${epoch}`;
};
