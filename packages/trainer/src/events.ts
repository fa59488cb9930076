// What a training run tells: the events of `train()`, which are also the lines of a run's events.jsonl.
import type { EndFields, EpochFields, PositionFields, StartFields, StepFields } from "./run-files/events.js";

/** Running means over the epoch so far, as d2l's `train_ch6` counts them: loss per example, share of right answers. */
export type Progress = Pick<StepFields, "epoch" | "step" | "loss" | "trainAccuracy" | "examplesPerSecond">;

/** Before the first step; a run that goes on does not start again. */
export interface StartEvent extends StartFields {}

/** After each step. */
export interface StepEvent extends StepFields {}

/** After each epoch, evaluation included. */
export interface EpochEvent extends EpochFields {}

/**
 * The last event: the last epoch's figures, but examplesPerSecond and seconds of the whole run. Of a run that was interrupted, the
 * figures of the part that was trained.
 */
export interface EndEvent extends EndFields {}

/**
 * Where a run stands between two steps: with the weights and what the optimiser remembers, all that it takes to go on to the bit. Every
 * random number is a function of seed, epoch and step. Plain JSON.
 */
export interface Position extends PositionFields {}

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
