// @mlpconv/runs: what the files of a run folder hold, and how their texts are checked; for Node and browsers.
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
} from "./files/config.js";
export type { RunData } from "./files/data.js";
export { type ClassFigures, type Evaluation, type WeightsName, weightsNames } from "./files/evaluation.js";
export type { ClassMapSample, Insights, Layer, NetDescription, Sample } from "./files/insights.js";
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
} from "./files/parse.js";
export type { Summary } from "./files/summary.js";
export { meanSince, type RunningMean } from "./mean-since.js";
export type { Run } from "./run.js";
