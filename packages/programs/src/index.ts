// @mlpconv/programs: what the programs share. How they take flags, speak, stop and fail, and how they read a run back.

export {
  biasRules,
  type ClassFigures,
  type Evaluation,
  type Net,
  optimizers,
  schedules,
  type WeightsName,
  weightRules,
  weightsNames,
} from "@mlpconv/trainer/run-files";
export { engineChoices, modelNames, type PresetName, presetNames } from "./choices.js";
export { accuracyOf, type Confusion, classFigures, confusion } from "./confusion.js";
export { dataSha256 } from "./data-sha256.js";
export { describeError, exitCodeOf, Interrupted, UsageError } from "./errors.js";
export { writeEvaluation, writeInsightsFile } from "./evaluation.js";
export { findData } from "./find-data.js";
export {
  flagReader,
  folderPath,
  nearest,
  oneOf,
  Problem,
  positive,
  runName,
  wholeNumber,
} from "./flag-values.js";
export { endsWithParent, type Interruption, onInterrupt } from "./interruption.js";
export { buildNet, epochOf, loadRun, modelArgs, type TrainedRun, weightsWords } from "./load-run.js";
export { checkNetConfig, type NetConfig, NetConfigError, readNetConfig } from "./net-config.js";
export { createProgram, runProgram } from "./program.js";
export { asTyped, exampleLines, pnpmAsTyped } from "./program-name.js";
export {
  addRecipeFlags,
  type RecipeChanges,
  type RecipeFlags,
  type RecipeRequest,
  readRecipeFlags,
  recipeArguments,
  recipeDifferences,
} from "./recipe-flags.js";
export { type FoundRun, findRun, noSuchRun, RunError } from "./run-folder.js";
export { defaultRunName, runNameProblem, runsFolder } from "./run-name.js";
export { openTerminal, type Terminal, wrapLine } from "./terminal.js";
export { fashionMnistPixels, nativeSide, testOptions } from "./test-options.js";
export { about, count, duration, rate } from "./words.js";
