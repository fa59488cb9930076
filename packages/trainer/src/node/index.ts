// @mlpconv/trainer/node: the run folder, for programs with a file system.
export type { Checkpoint } from "./checkpoint.js";
export { createRun, filesOfRun, type ResumedRun, type Run, resumeRun, type Summary } from "./run.js";
export { RunFolderError } from "./run-folder-error.js";
export { type TensorBoard, tensorBoard } from "./tensorboard.js";
