// What a training run tells: the events of `train()`, which are also the lines of a run's events.jsonl. schema/events.schema.json says the
// same to other programs.
import type { Sums } from "./metrics.js";

/** Running means over the epoch so far, as d2l's `train_ch6` counts them: loss per example, share of right answers. */
export interface Progress {
  /** 1 is the first. */
  epoch: number;
  /** Optimiser updates since training began. */
  step: number;
  /** Mean loss of the epoch so far, in nats. */
  loss: number;
  /** Share of the epoch's examples so far that were classified right while training (dropout active), 0 to 1. */
  trainAccuracy: number;
  /** Examples a second in the training steps so far, with loading and evaluation outside the clock. */
  examplesPerSecond: number;
}

/** Before the first step; a run that goes on does not start again. */
export interface StartEvent {
  type: "start";
  /** Passes over the training examples. */
  epochs: number;
  /** Steps in each epoch; the last one may be short. */
  stepsPerEpoch: number;
  /** Examples in each epoch. */
  examples: number;
  /** Trainable numbers in the model. */
  parameters: number;
}

/** After each step. */
export interface StepEvent extends Progress {
  type: "step";
  /** 1 to stepsPerEpoch. */
  stepInEpoch: number;
  /** The learning rate that the step used. */
  learningRate: number;
}

/** After each epoch, evaluation included. */
export interface EpochEvent extends Progress {
  type: "epoch";
  /** Share of the test examples classified right; absent when there is no test loader. */
  testAccuracy?: number;
  /** Mean loss over the test examples, in nats. */
  testLoss?: number;
  /** Wall-clock seconds since training began. */
  seconds: number;
}

/**
 * The last event: the last epoch's figures, but examplesPerSecond and seconds of the whole run. Of a run that was interrupted, the
 * figures of the part that was trained.
 */
export interface EndEvent extends Omit<EpochEvent, "type"> {
  type: "end";
  /** Whether a signal ended training before its last epoch was done. */
  interrupted: boolean;
}

/**
 * Where a run stands between two steps: with the weights and what the optimiser remembers, all that it takes to go on to the bit. Every
 * random number is a function of seed, epoch and step. Plain JSON.
 */
export interface Position {
  /** Optimiser updates so far. */
  step: number;
  /** Epochs that were trained and tested. */
  epochs: number;
  /** Steps of the epoch after those. */
  stepInEpoch: number;
  /** What that epoch's meter has added up. */
  epochSums: Sums;
  /** What the whole run's has. */
  runSums: Sums;
  /** Wall-clock seconds so far. */
  seconds: number;
  /** The event of the last epoch that was tested. */
  last?: EpochEvent;
}

/**
 * The moment to save: weights and optimiser stand still until the next event is asked for. Not a line of events.jsonl, because when it
 * comes depends on the clock.
 */
export interface CheckpointEvent {
  type: "checkpoint";
  /** What to save beside weights and optimiser, and to give back as `resume`. */
  position: Position;
}

/** What events.jsonl holds, a line each. */
export type LoggedEvent = StartEvent | StepEvent | EpochEvent | EndEvent;
/** Everything that `train` yields. */
export type TrainEvent = LoggedEvent | CheckpointEvent;
