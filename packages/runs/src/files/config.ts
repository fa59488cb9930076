// Schema of config.json: everything that determines a run's numbers, and the engine and device of the run.

import type { ModelName } from "@mlpconv/models";
import type { EngineName } from "@mlpconv/tensor";
import { name } from "@mlpconv/trainer/events";
import * as v from "valibot";
import { objectOf } from "../settings/places.js";
import { schemasOf } from "../settings/setting.js";
import { settings } from "../settings/settings.js";
import { dataSchema } from "./data.js";

/** The settings (`settings/settings.ts`), and the model and data to which they apply: everything fixed before a run begins. */
export const settingsSchema = objectOf({
  /** The model's name in `models`. */
  model: name,
  ...schemasOf(settings),
});

/** config.json as `train` writes it: the settings, and the data, engine, device and Node version. */
export const trainedConfigSchema = v.strictObject({
  ...settingsSchema.entries,
  /** The engine that computed. */
  engine: name,
  /** Description of the device on which the engine computed. */
  device: v.string(),
  /** The data set: its classes and image shape, and a hash of its contents. */
  data: v.pipe(
    dataSchema,
    v.check(
      ({ shape: [, , channels], mean, std }) => mean.length === channels && std.length === channels,
      "expected a mean and a standard deviation for each channel of shape",
    ),
  ),
  /** Node's version. */
  node: v.string(),
});

/** The fields of config.json that a report needs: the model and the data set's name. Other fields are optional but must be as `train` writes them. */
export const configSchema = v.strictObject({
  ...v.partial(trainedConfigSchema).entries,
  model: name,
  data: v.strictObject({ ...v.partial(dataSchema).entries, name }),
  preset: v.optional(name),
});

type TrainedConfigFields = v.InferOutput<typeof trainedConfigSchema>;
type SettingsFields = v.InferOutput<typeof settingsSchema>;
type ConfigFields = v.InferOutput<typeof configSchema>;
type NetFields = TrainedConfigFields["net"];
/** Everything that is fixed before a run begins. */
export interface RunSettings extends SettingsFields {}
type SettingsInput = v.InferInput<typeof settingsSchema>;
/** Settings of a preset for a model: all that have no default. Without `resize`, images keep the data set's size. */
export type Recipe = Omit<SettingsInput, "model" | "preset" | "seed" | "resize"> &
  Partial<Pick<SettingsInput, "resize">>;
/** config.json as `train` writes it; `checkTrainedConfig` also checks that model and engine are known. */
export interface TrainedConfig extends TrainedConfigFields {
  /** Name of the model. */
  model: ModelName;
  /** Name of the engine. */
  engine: EngineName;
}
/** config.json of any run, including runs of your own programs. */
export interface RunConfig extends ConfigFields {}
/** Options with which a model is built, without input shape and seed. */
export interface Net extends NetFields {}
/** Name of a preset. */
export type PresetName = TrainedConfig["preset"];
