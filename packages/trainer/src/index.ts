// @mlpconv/trainer: the training loop, its optimisers and schedules.
export { balancedClassWeights, type LossOptions } from "./batch-loss.js";
export { type ChannelActivity, channelActivity, type LayerActivity } from "./channel-activity.js";
export { classMapModel } from "./class-map-model.js";
export { DivergedError } from "./diverged-error.js";
export { type EvaluateOptions, type Evaluation, evaluate } from "./evaluate.js";
export type {
  ChangeEvent,
  CheckpointEvent,
  EndEvent,
  EpochEvent,
  LoggedEvent,
  PlateauState,
  Position,
  Progress,
  StartEvent,
  StepEvent,
  Sums,
  TrainEvent,
} from "./events.js";
export { broadcastState, type Group, GroupError, gatherJson, RanksDifferError } from "./group.js";
export { nextTask } from "./next-task.js";
export { type AdamOptions, type AdamWOptions, adam, adamw } from "./optimizers/adam.js";
export { averageWeights } from "./optimizers/average-weights.js";
export { clipGradients } from "./optimizers/clip-gradients.js";
export { type MuonOptions, muon } from "./optimizers/muon.js";
export type { Optimizer, UpdateCounts } from "./optimizers/optimizer.js";
export { type RmspropOptions, rmsprop } from "./optimizers/rmsprop.js";
export { scaleRates } from "./optimizers/scale-rates.js";
export { type SgdOptions, sgd } from "./optimizers/sgd.js";
export type { PlateauOptions } from "./plateau.js";
export { startPosition } from "./run-state.js";
export {
  constant,
  cosine,
  type OneCycleOptions,
  oneCycle,
  polynomial,
  type Schedule,
  stepDecay,
  type WarmRestartsOptions,
  type WarmupOptions,
  warmRestarts,
} from "./schedules.js";
export { earlyStopping, type StopRule, selectionAccuracy } from "./stop-rule.js";
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
export { withAverages } from "./with-averages.js";
