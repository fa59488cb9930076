// @mlpconv/runs/node: the run folder, for programs with a file system.
export { RunFileError } from "../files/parse.js";
export type { Checkpoint } from "./checkpoint.js";
export { createRun } from "./create-run.js";
export { type Difference, differingField } from "./differing-field.js";
export { type EvaluationOptions, evaluationOf } from "./evaluation-of.js";
export { filesOfRun } from "./folder-files.js";
export { followLog } from "./follow-log.js";
export {
  buildNet,
  epochOf,
  type FoundRun,
  loadRun,
  type TrainedRun,
  weightsWords,
} from "./load-run.js";
export { checkNotWritten } from "./lock.js";
export type { ConfigChange, OpenRun } from "./open-run.js";
export { analysisNames, readPictures, readRun, readRunWithoutLog } from "./read-run.js";
export { type ResumedRun, resumeRun } from "./resume-run.js";
export { runData } from "./run-data.js";
export { RunFolderError } from "./run-folder-error.js";
export { type TensorBoard, tensorBoard } from "./tensorboard/tensorboard.js";
export { checkTrainedConfig, readTrainedConfig } from "./trained-config.js";
export { writeAnalysis, writeEvaluation, writePictures } from "./write-files.js";
