// @mlpconv/trainer/node: the run folder, for programs with a file system.
export { createRun, type Run, RunFolderError, type Summary } from "./run.js";
