// @mlpconv/runs: what the files of a run folder hold, and how their texts are checked; for Node and browsers.
export {
  accuracyOf,
  type ConfusedPair,
  type Confusion,
  classFigures,
  confusedPairs,
  countConfusion,
  worstClasses,
} from "./confusion.js";
export type { Analysis, ClassMapSample, Layer, NetDescription, Sample } from "./files/analysis.js";
export {
  type Net,
  type PresetName,
  type Recipe,
  type RunConfig,
  type RunSettings,
  settingsSchema,
  type TrainedConfig,
  trainedConfigSchema,
} from "./files/config.js";
export type { RunData } from "./files/data.js";
export { type ClassFigures, type Evaluation, type WeightsName, weightsNames } from "./files/evaluation.js";
export {
  checked,
  parseAnalysis,
  parseConfig,
  parseEvaluation,
  parseEvents,
  parseJson,
  parsePictures,
  parseSummary,
  RunFileError,
} from "./files/parse.js";
export type { Pictures } from "./files/pictures.js";
export type { Summary } from "./files/summary.js";
export { meanSince, type RunningMean } from "./mean-since.js";
export { isFinished, type Run } from "./run.js";
export { type Kind, oneOf, onOff, positive, properShare, wholeNumber } from "./settings/kinds.js";
export { hasEffect, helpOf, modelsWith, needProblems } from "./settings/needs.js";
export { valueAt, withValues } from "./settings/places.js";
export type { Need, Setting, SettingTable, Unsaid } from "./settings/setting.js";
export { type Place, presetNames, recipeLines, type SettingValues, settings } from "./settings/settings.js";
export { columnsOf, cutToColumns } from "./text-columns.js";
