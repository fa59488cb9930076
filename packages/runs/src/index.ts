// @mlpconv/runs: what the files of a run folder hold, and how their texts are checked; for Node and browsers.
export { accuracyOf, type Confusion, classFigures, countConfusion } from "./confusion.js";
export type { Analysis, ClassMapSample, Layer, NetDescription, Sample } from "./files/analysis.js";
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
export { type ClassFigures, type Evaluation, type WeightsName, weightsNames } from "./files/evaluation.js";
export {
  checked,
  parseAnalysis,
  parseConfig,
  parseEvaluation,
  parseEvents,
  parseJson,
  parseSummary,
  RunFileError,
} from "./files/parse.js";
export type { Summary } from "./files/summary.js";
export { meanSince, type RunningMean } from "./mean-since.js";
export type { Run } from "./run.js";
