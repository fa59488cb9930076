// @mlpconv/trainer/node: the run folder, for programs with a file system.

export { RunFileError } from "../run-files/parse.js";
export type { Summary } from "../run-files/summary.js";
export type { Checkpoint } from "./checkpoint.js";
export { createRun, filesOfRun, type ResumedRun, type Run, resumeRun } from "./run.js";
export { RunFolderError } from "./run-folder-error.js";
export { type TensorBoard, tensorBoard } from "./tensorboard.js";
