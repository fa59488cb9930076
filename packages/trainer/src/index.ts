// @mlpconv/trainer: the training loop, its optimisers and schedules.
export { DivergedError } from "./diverged-error.js";
export { type EvaluateOptions, type Evaluation, evaluate } from "./evaluate.js";
export type {
  CheckpointEvent,
  EndEvent,
  EpochEvent,
  LoggedEvent,
  Position,
  Progress,
  StartEvent,
  StepEvent,
  Sums,
  TrainEvent,
} from "./events.js";
export { broadcastState, type Group, GroupError, gatherJson } from "./group.js";
export { type AdamOptions, type AdamWOptions, adam, adamw } from "./optimizers/adam.js";
export type { Optimizer, UpdateCounts } from "./optimizers/optimizer.js";
export { type SgdOptions, sgd } from "./optimizers/sgd.js";
export {
  constant,
  cosine,
  type OneCycleOptions,
  oneCycle,
  type Schedule,
  stepDecay,
  type WarmupOptions,
} from "./schedules.js";
export { sumOverRanks } from "./sum-over-ranks.js";
export {
  logitsOf,
  probabilities,
  type SplitModel,
  type TestBatch,
  type TestPassOptions,
  testImages,
} from "./test-pass.js";
export { fit, train } from "./train.js";
export type { CheckpointOptions, TrainOptions } from "./train-options.js";
export { variablesOf } from "./train-step.js";
