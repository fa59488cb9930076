// Builds the model that the settings describe, with an error about the command line.
import { UsageError } from "@mlpconv/cli-kit";
import type { DatasetInfo } from "@mlpconv/datasets";
import { buildModel as build, FreezeError, freezeLayers } from "@mlpconv/runs/recipe";
import type { tf } from "@mlpconv/tensor";
import type { Settings } from "./settings.js";

/** @throws UsageError when the images are too small for the model, with the smallest size that fits, or it has no such layers to freeze */
export const buildModel = (
  settings: Settings,
  data: Pick<DatasetInfo, "shape" | "classes">,
): tf.LayersModel => {
  try {
    const built = build(settings, data);
    if (settings.freeze !== undefined) freezeLayers(built, settings.freeze);
    return built;
  } catch (error) {
    if (error instanceof FreezeError) throw new UsageError("train", [error.message]);
    if (!(error instanceof Error && error.name === "InputSizeError" && "minimum" in error)) throw error;
    const { model, resize } = settings;
    throw new UsageError("train", [
      `expected --resize to be at least ${error.minimum} for ${model}, got ${resize}; pass --resize ${error.minimum} or more (${error.message})`,
    ]);
  }
};
