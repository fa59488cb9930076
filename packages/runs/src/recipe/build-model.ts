// The model that a run's settings describe.
import type { DatasetInfo } from "@mlpconv/datasets";
import { type ModelName, type ModelOptions, models } from "@mlpconv/models";
import type { tf } from "@mlpconv/tensor";
import type { Net, RunSettings } from "../files/config.js";

/** The settings that a model is made of; without `net.init`, weights start by the model's own rule. */
export type ModelSettings = Pick<RunSettings, "resize" | "seed"> & {
  model: ModelName;
  net: Omit<Net, "init"> & Pick<ModelOptions, "init">;
};

/**
 * Builds a model for the images and classes of a data set, with newly initialised weights.
 *
 * @throws InputSizeError when the images are too small for the model, with the smallest size that fits
 */
export const buildModel = (
  { model, resize, seed, net }: ModelSettings,
  { shape: [, , channels], classes }: Pick<DatasetInfo, "shape" | "classes">,
): tf.LayersModel =>
  models[model]({ inputShape: [resize, resize, channels], classes: classes.length, seed, ...net });

/** The options that define a model, without the initialisation of its weights. */
export const modelArgs = ({ net: { init: _, ...args } }: Pick<RunSettings, "net">): Omit<Net, "init"> => args;
