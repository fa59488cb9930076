// The model that the settings describe.

import { UsageError } from "@mlpconv/cli-kit";
import type { DatasetInfo } from "@mlpconv/datasets";
import { models } from "@mlpconv/models";
import type { tf } from "@mlpconv/tensor";
import type { Settings } from "./settings.js";

/** @throws UsageError when the images are too small for the net, with the least size that fits */
export const buildModel = (
  { model, resize, seed, net }: Settings,
  { shape: [, , channels], classes }: Pick<DatasetInfo, "shape" | "classes">,
): tf.LayersModel => {
  try {
    return models[model]({ inputShape: [resize, resize, channels], classes: classes.length, seed, ...net });
  } catch (error) {
    if (!(error instanceof Error && error.name === "InputSizeError" && "minimum" in error)) throw error;
    throw new UsageError("train", [
      `expected --resize to be at least ${error.minimum} for ${model}, got ${resize}; pass --resize ${error.minimum} or more (${error.message})`,
    ]);
  }
};
