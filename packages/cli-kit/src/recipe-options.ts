// Options of how models are trained, shared by `train` and `compare`.
import { datasets } from "@mlpconv/datasets";
import type { ModelName } from "@mlpconv/models";
import {
  helpOf,
  modelsWith,
  type Setting,
  type SettingTable,
  type SettingValues,
  settings as table,
  valueAt,
} from "@mlpconv/runs";
import { argumentsOf, flagName, type OptionTable, type OptionValues } from "./options.js";
import {
  dataOption,
  datasetOption,
  engineOption,
  imageMemoryOption,
  modelOption,
  skipBadOption,
} from "./shared-options.js";

/** The table with the help that flags have. */
const settings = Object.fromEntries(
  Object.entries(table).map(([place, row]) => [place, { ...row, help: helpOf(row, table) }]),
) as typeof table;

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

/** A setting that a resumed run changes. */
export interface SettingChange {
  /** Its path in config.json. */
  setting: string;
  /** Null where the run had none. */
  from: string | number | boolean | null;
  to: string | number | boolean;
}

/** The settings that a resumed run changes: those that may be changed, where the command line has another value than the run. */
export const changesAtResume = (request: SettingValues, config: object): SettingChange[] =>
  Object.entries<SettingTable[string]>(settings).flatMap(([setting, { resumable }]) => {
    const [to, from] = [fieldOf(request, setting), valueAt(config, setting) ?? null];
    if (!resumable || to === undefined || to === from) return [];
    return [{ setting, from, to } as SettingChange];
  });

/** The changed settings in words: "--epochs 10 to 20, --clip none to 1". */
export const changeWords = (changes: readonly SettingChange[]): string =>
  changes
    .map(({ setting, from, to }) => {
      const { flag } = Object.entries<SettingTable[string]>(settings).find(
        ([place]) => place === setting,
      )![1];
      return `${flagName({ flag })} ${from ?? "none"} to ${to}`;
    })
    .join(", ");

/** The flags of the settings that a resumed run may change. */
export const changeableFlags = (): string[] =>
  Object.values<SettingTable[string]>(settings).flatMap((row) => (row.resumable ? [flagName(row)] : []));

const anyOf = new Intl.ListFormat("en-GB", { type: "disjunction" });

/** Problems with options that a model does not have: "expected --pointwise with nin, got lenet; leave it out". */
export const settingsNotOf = (model: ModelName, request: SettingValues): string[] =>
  Object.entries<SettingTable[string]>(settings).flatMap(([place, row]) => {
    const value = fieldOf(request, place);
    const models = modelsWith(row, value);
    if (value === undefined || !models || models.includes(model)) return [];
    const what = row.models ? flagName(row) : `${flagName(row)} ${value}`;
    return [`expected ${what} with ${anyOf.format(models)}, got ${model}; leave it out`];
  });

const fieldOf = (request: object, place: string): unknown => new Map(Object.entries(request)).get(place);

/**
 * Differences between the command line and a run's config.json: "--lr 0.1, and the run has 0.05".
 *
 * @param changeable whether the settings that a resumed run may change are left out
 */
export const recipeDifferences = (
  request: SettingValues & { model?: string | undefined; engine: string; dataset?: string | undefined },
  config: object,
  { changeable = false }: { changeable?: boolean } = {},
): string[] => {
  const { engine, dataset, ...others } = request;
  const asked = { ...others, ...(engine !== "auto" && { engine }), [datasetPlace]: dataset };
  return Object.entries(kept).flatMap(([place, row]) => {
    const [is, was] = [fieldOf(asked, place), valueAt(config, place)];
    if (is === undefined || is === was || (changeable && row.resumable)) return [];
    return [`${flagName(row)} ${is}, and the run has ${was ?? "none"}`];
  });
};
