// @mlpconv/cli-kit: code that the programs share: options, terminal, errors, signals.

export { printable } from "@mlpconv/datasets/folder";
export { padEnd, padStart } from "./columns.js";
export { describeError, ElsewhereError, exitCodeOf, Interrupted, UsageError } from "./errors.js";
export {
  findData,
  findDataOfRun,
  type ImagesOfRun,
  kindOfData,
  loadFolderOfRun,
  openFolderOfRun,
  openPictures,
  picturesOf,
  tellOf,
} from "./find-data.js";
export { findRun, noSuchRun } from "./find-run.js";
export { flagReader, folder, listOf, nearest, type OptionKind, Problem, runName } from "./flag-values.js";
export { about, count, duration, rate } from "./format.js";
export { endsWithParent, type Interruption, onInterrupt } from "./interruption.js";
export { gatherOutcomes, waitForFirst } from "./one-process.js";
export { openInBrowser } from "./open-in-browser.js";
export {
  addOptions,
  argumentsOf,
  type Completion,
  completionOf,
  flagName,
  type OptionValues,
  operand,
  option,
  readOptions,
  type TypedFlags,
} from "./options.js";
export { createProgram, runProgram } from "./program.js";
export { asTyped, exampleLines, pnpmAsTyped } from "./program-name.js";
export { quoteWords } from "./quote-words.js";
export {
  changeableFlags,
  changesAtResume,
  changeWords,
  type RecipeRequest,
  recipeArguments,
  recipeDifferences,
  recipeOptions,
  type SettingChange,
  settingsNotOf,
} from "./recipe-options.js";
export { defaultRunName, runNameIn, runNameProblem, runsFolder } from "./run-name.js";
export { dataOption, datasetOption, engineOption, jsonOption, modelOption } from "./shared-options.js";
export { columnsOf, openTerminal, type Terminal, withTerminal, wrapLine } from "./terminal.js";
