// The names that flags take: nets, engines, presets.
import { type ModelName, models } from "@mlpconv/models";
import { engineNames } from "@mlpconv/tensor";

export const modelNames = Object.keys(models) as ModelName[];
export const engineChoices = ["auto", ...engineNames] as const;
export { type PresetName, presetNames } from "@mlpconv/trainer/run-files";
