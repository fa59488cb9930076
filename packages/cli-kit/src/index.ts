// @mlpconv/cli-kit: what the programs share: options, terminal, errors, signals.

export { accuracyOf, type Confusion, classFigures, confusion } from "./confusion.js";
export { describeError, exitCodeOf, Interrupted, UsageError } from "./errors.js";
export { findData, findDataOfRun } from "./find-data.js";
export { findRun, noSuchRun } from "./find-run.js";
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
export { about, count, duration, rate } from "./format.js";
export { endsWithParent, type Interruption, onInterrupt } from "./interruption.js";
export { createProgram, runProgram } from "./program.js";
export { asTyped, exampleLines } from "./program-name.js";
export {
  addRecipeFlags,
  engineChoices,
  type RecipeChanges,
  type RecipeFlags,
  type RecipeRequest,
  readRecipeFlags,
  recipeArguments,
  recipeDifferences,
} from "./recipe-flags.js";
export { defaultRunName, runNameProblem, runsFolder } from "./run-name.js";
export { openTerminal, type Terminal } from "./terminal.js";
