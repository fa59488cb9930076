// @mlpconv/runs/node: the run folder, for programs with a file system.
export { RunFileError } from "../files/parse.js";
export type { Checkpoint } from "./checkpoint.js";
export { followLog } from "./follow-log.js";
export {
  buildNet,
  epochOf,
  type FoundRun,
  loadRun,
  modelArgs,
  type TrainedRun,
  weightsWords,
} from "./load-run.js";
export { readRun } from "./read-run.js";
export { createRun, filesOfRun, type OpenRun, type ResumedRun, resumeRun } from "./run.js";
export { runData } from "./run-data.js";
export { RunFolderError } from "./run-folder-error.js";
export { type TensorBoard, tensorBoard } from "./tensorboard/tensorboard.js";
export { checkNetConfig, type NetConfig, NetConfigError, readNetConfig } from "./trained-config.js";
export { writeEvaluation, writeInsightsFile } from "./write-files.js";
