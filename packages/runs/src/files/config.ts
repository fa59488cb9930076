// Schema of config.json: all that decides the numbers of a run, and where it ran.

import type { ModelName } from "@mlpconv/models";
import type { EngineName } from "@mlpconv/tensor";
import { aboveZero, name } from "@mlpconv/trainer/events";
import * as v from "valibot";
import { objectOf } from "../settings/places.js";
import { schemasOf } from "../settings/setting.js";
import { settings } from "../settings/settings.js";
import { dataSchema } from "./data.js";

/** What is decided before a run begins: the settings (`settings/settings.ts`), and what they are settings of. */
export const settingsSchema = objectOf({
  /** The net, by its name in `models`. */
  model: name,
  ...schemasOf(settings),
  /** Divisor of the channels. Only `ninMnist`, `ninCifar` and the VGGs have it. */
  "net.ratio": v.exactOptional(aboveZero),
});

/** What `train` writes: the settings, and where the run computed on what. */
export const trainedConfigSchema = v.strictObject({
  ...settingsSchema.entries,
  /** The engine that computed. */
  engine: name,
  /** The device that the engine computed on, in words. */
  device: v.string(),
  /** The data set: what images and labels mean, and which they were. */
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

/** What a report needs of a config.json: the model and the data set's name. Other fields may be absent, and are what `train` writes where they are there. */
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
/** What is decided before a run begins. */
export interface RunSettings extends SettingsFields {}
type SettingsInput = v.InferInput<typeof settingsSchema>;
/** What a preset says of a model: every setting that has no default. Without `resize`, images have the data set's own size. */
export type Recipe = Omit<SettingsInput, "model" | "preset" | "seed" | "resize"> &
  Partial<Pick<SettingsInput, "resize">>;
/** What `train` writes into config.json; `checkTrainedConfig` checks that model and engine are known. */
export interface TrainedConfig extends TrainedConfigFields {
  /** The network. */
  model: ModelName;
  /** The engine that computed. */
  engine: EngineName;
}
/** config.json of any run: of one that a program of yours made, too. */
export interface RunConfig extends ConfigFields {}
/** How a net is built, beside its input shape and seed. */
export interface Net extends NetFields {}
/** Name of a preset. */
export type PresetName = TrainedConfig["preset"];
