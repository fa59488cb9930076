// @mlpconv/cli-kit: what the programs share: options, terminal, errors, signals.

export { describeError, ElsewhereError, exitCodeOf, Interrupted, UsageError } from "./errors.js";
export { findData, findDataOfRun } from "./find-data.js";
export { findRun, noSuchRun } from "./find-run.js";
export { flagReader, folder, listOf, nearest, type OptionKind, Problem, runName } from "./flag-values.js";
export { about, count, duration, printable, rate } from "./format.js";
export { endsWithParent, type Interruption, onInterrupt } from "./interruption.js";
export {
  addOptions,
  argumentsOf,
  type Completion,
  completionOf,
  type OptionValues,
  operand,
  option,
  readOptions,
  type TypedFlags,
} from "./options.js";
export { createProgram, runProgram } from "./program.js";
export { asTyped, exampleLines, pnpmAsTyped } from "./program-name.js";
export {
  changesAtResume,
  type RecipeRequest,
  recipeArguments,
  recipeDifferences,
  recipeOptions,
  settingsNotOf,
} from "./recipe-options.js";
export { defaultRunName, runNameProblem, runsFolder } from "./run-name.js";
export { dataOption, engineOption, jsonOption, modelOption } from "./shared-options.js";
export { openTerminal, type Terminal, withTerminal, wrapLine } from "./terminal.js";
