// @mlpconv/trainer/run-files: what the files of a run folder hold, and how their texts are checked; for Node and browsers.
export {
  biasRules,
  type Net,
  optimizers,
  type PresetName,
  presetNames,
  type RunConfig,
  schedules,
  type TrainedConfig,
  trainedConfigSchema,
  weightRules,
} from "./config.js";
export { type ClassFigures, type Evaluation, type WeightsName, weightsNames } from "./evaluation.js";
export type { ClassMapSample, Insights, Layer, NetDescription, Sample } from "./insights.js";
export {
  checked,
  parseConfig,
  parseEvaluation,
  parseEvents,
  parseInsights,
  parseJson,
  parseSummary,
  parseTrainedConfig,
  RunFileError,
} from "./parse.js";
export { meanSince, type RunningMean } from "./since.js";
export type { Summary } from "./summary.js";
