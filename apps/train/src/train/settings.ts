// What a run will do: the preset of its model, with what the command line says otherwise.
import { settingsNotOf, testOptions, UsageError } from "@mlpconv/cli-kit";
import type { ModelName } from "@mlpconv/models";
import { checked, type RunSettings, settings, settingsSchema, withValues } from "@mlpconv/runs";
import type { TrainRequest } from "./options.js";
import { defaults, presets } from "./presets.js";

export interface Settings extends RunSettings {
  model: ModelName;
}

/**
 * @param gpu whether the engine has one: it decides what nobody asked for by name
 * @throws UsageError when the model has no such setting
 */
export const settle = (request: TrainRequest, gpu: boolean): Settings => {
  const { model, preset } = defaults(request, gpu);
  const wrong = settingsNotOf(model, request);
  if (wrong.length > 0) throw new UsageError("train", wrong);
  const given = Object.entries(request).filter(([place]) => Object.hasOwn(settings, place));
  const recipe = { model, seed: 0, ...presets[preset][model] };
  const values = withValues(recipe, { ...Object.fromEntries(given), preset });
  return { ...checked(settingsSchema, values, `preset ${preset}`), model };
};

/** What both loaders are given: the training images as the recipe wants them, the test images whole and in order. */
export const loaderOptions = (settings: Settings) => {
  const { limit, flip } = settings;
  const test = testOptions(settings);
  return { train: { ...test, shuffle: true, flip, ...(limit !== undefined && { limit }) }, test };
};
