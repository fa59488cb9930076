// The options that say how models are trained, which one run and a comparison of many take alike.
import type { ModelName } from "@mlpconv/models";
import { type Setting, type SettingTable, type SettingValues, settings, valueAt } from "@mlpconv/runs";
import { argumentsOf, flagName, type OptionTable, type OptionValues } from "./options.js";
import { dataOption, engineOption, modelOption } from "./shared-options.js";

const { preset, seed: _, ...changes } = settings;

/** The options of a recipe: the settings that are not a run's own, and where it computes. */
export const recipeOptions = { preset, engine: engineOption, ...changes, data: dataOption };

/** The options of a recipe as they are meant. */
export type RecipeRequest = OptionValues<typeof recipeOptions>;

/** The arguments that ask another program for the same recipe. */
export const recipeArguments = (request: RecipeRequest): string[] => argumentsOf(recipeOptions, request);

/** The options that config.json keeps, by their places there. */
const kept: OptionTable & Readonly<Record<string, Pick<Setting<unknown>, "resumable">>> = {
  model: modelOption,
  ...settings,
  engine: engineOption,
};

/** What a resumed run takes from its command line. */
export const changesAtResume = (request: SettingValues): SettingValues =>
  Object.fromEntries(Object.entries(request).filter(([place]) => kept[place]?.resumable));

const anyOf = new Intl.ListFormat("en-GB", { type: "disjunction" });

/** What was asked for and a model does not have: "expected --pointwise with nin, got lenet; leave it out". */
export const settingsNotOf = (model: ModelName, request: SettingValues): string[] =>
  Object.entries<SettingTable[string]>(settings).flatMap(([place, row]) =>
    fieldOf(request, place) === undefined || !row.models || row.models.includes(model)
      ? []
      : [`expected ${flagName(row)} with ${anyOf.format(row.models)}, got ${model}; leave it out`],
  );

const fieldOf = (request: object, place: string): unknown => new Map(Object.entries(request)).get(place);

/** What was asked for on the command line and is not what a run's config.json says: "--lr 0.1, and the run has 0.05". */
export const recipeDifferences = (
  request: SettingValues & { model?: string | undefined; engine: string },
  config: object,
): string[] => {
  const { engine, ...others } = request;
  const asked = engine === "auto" ? others : request;
  return Object.entries(kept).flatMap(([place, row]) => {
    const [is, was] = [fieldOf(asked, place), valueAt(config, place)];
    if (is === undefined || is === was || row.resumable) return [];
    return [`${flagName(row)} ${is}, and the run has ${was ?? "none"}`];
  });
};
