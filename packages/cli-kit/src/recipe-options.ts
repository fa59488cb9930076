// Options of how models are trained, shared by `train` and `compare`.
import { datasets } from "@mlpconv/datasets";
import type { ModelName } from "@mlpconv/models";
import { type Setting, type SettingTable, type SettingValues, settings, valueAt } from "@mlpconv/runs";
import { argumentsOf, flagName, type OptionTable, type OptionValues } from "./options.js";
import {
  dataOption,
  datasetOption,
  engineOption,
  imageMemoryOption,
  modelOption,
  skipBadOption,
} from "./shared-options.js";

const { preset, seed: _, ...changes } = settings;

/**
 * The options of a recipe: settings that several runs can share, the engine and the data. A program that has other data sets replaces the
 * row `dataset`.
 */
export const recipeOptions = {
  preset,
  engine: engineOption,
  ...changes,
  dataset: datasetOption(datasets),
  data: dataOption,
  skipBad: skipBadOption,
  imageMemory: imageMemoryOption,
};

/** Values of the options of a recipe. */
export type RecipeRequest = OptionValues<typeof recipeOptions>;

/** The command-line arguments that request the same recipe from another program. */
export const recipeArguments = (request: RecipeRequest): string[] => argumentsOf(recipeOptions, request);

const datasetPlace = "data.name";

/** The options that are stored in config.json, by their paths there. */
const kept: OptionTable & Readonly<Record<string, Pick<Setting<unknown>, "resumable">>> = {
  model: modelOption,
  ...settings,
  engine: engineOption,
  [datasetPlace]: recipeOptions.dataset,
};

/** Options that a resumed run accepts on its command line. */
export const changesAtResume = (request: SettingValues): SettingValues =>
  Object.fromEntries(Object.entries(request).filter(([place]) => kept[place]?.resumable));

const anyOf = new Intl.ListFormat("en-GB", { type: "disjunction" });

/** Problems with options that a model does not have: "expected --pointwise with nin, got lenet; leave it out". */
export const settingsNotOf = (model: ModelName, request: SettingValues): string[] =>
  Object.entries<SettingTable[string]>(settings).flatMap(([place, row]) =>
    fieldOf(request, place) === undefined || !row.models || row.models.includes(model)
      ? []
      : [`expected ${flagName(row)} with ${anyOf.format(row.models)}, got ${model}; leave it out`],
  );

const fieldOf = (request: object, place: string): unknown => new Map(Object.entries(request)).get(place);

/** Differences between the command line and a run's config.json: "--lr 0.1, and the run has 0.05". */
export const recipeDifferences = (
  request: SettingValues & { model?: string | undefined; engine: string; dataset?: string | undefined },
  config: object,
): string[] => {
  const { engine, dataset, ...others } = request;
  const asked = { ...others, ...(engine !== "auto" && { engine }), [datasetPlace]: dataset };
  return Object.entries(kept).flatMap(([place, row]) => {
    const [is, was] = [fieldOf(asked, place), valueAt(config, place)];
    if (is === undefined || is === was || row.resumable) return [];
    return [`${flagName(row)} ${is}, and the run has ${was ?? "none"}`];
  });
};
