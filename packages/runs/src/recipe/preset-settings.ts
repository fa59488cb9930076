// The settings of a run from the preset of its model and the changes to it.
import { type DatasetDescriptor, type DatasetInfo, imageSide } from "@mlpconv/datasets";
import type { ModelName } from "@mlpconv/models";
import { type PresetName, type RunSettings, settingsSchema } from "../files/config.js";
import { checked } from "../files/parse.js";
import { withValues } from "../settings/places.js";
import type { SettingValues } from "../settings/settings.js";
import { presets } from "./presets.js";

/** Settings of a known model. */
export interface ModelRunSettings extends RunSettings {
  /** Name of the model. */
  model: ModelName;
}

/** The facts of a data set that settings depend on. */
export type SettledFor = Pick<DatasetInfo, "shape"> &
  Pick<DatasetDescriptor, "mirrorable"> & {
    /** Values that it decides where neither the preset nor a change does. */
    defaults?: SettingValues;
  };

/**
 * All settings of a run.
 *
 * @param changes values that replace the preset's
 * @param dataset data set whose image size is used if the preset has none, and whose images a preset does not mirror where that changes what they show
 * @throws RunFileError naming the first value that cannot be
 */
export const presetSettings = (
  { model, preset }: { model: ModelName; preset: PresetName },
  changes: SettingValues,
  dataset: SettledFor,
): ModelRunSettings => {
  const recipe = {
    ...dataset.defaults,
    model,
    seed: 0,
    resize: imageSide(dataset),
    ...presets[preset][model],
  };
  if (dataset.mirrorable === false) recipe.flip = false;
  const values = withValues(recipe, { ...changes, preset });
  return { ...checked(settingsSchema, values, `preset ${preset}`), model };
};
