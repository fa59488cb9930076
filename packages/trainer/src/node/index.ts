// @mlpconv/trainer/node: the run folder and saved models, for programs with a file system.
export { createRun, type Run, RunFolderError, type Summary } from "./run.js";
export { loadModel, saveModel } from "./save-model.js";
