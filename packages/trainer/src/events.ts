// What a training run tells: the events of `train()`, which are also the lines of a run's events.jsonl. The types derive from the schemas.
import * as v from "valibot";
import { aboveZero, atLeastZero, count, finite, share, whole } from "./numbers.js";

export * from "./numbers.js";

const startSchema = v.strictObject({
  type: v.literal("start"),
  /** Passes over the training examples. */
  epochs: count,
  /** Steps in each epoch; the last one may be short. */
  stepsPerEpoch: count,
  /** Examples in each epoch. */
  examples: count,
  /** Trainable numbers in the model. */
  parameters: whole,
});

const progress = {
  /** 1 is the first. */
  epoch: count,
  /** Optimiser updates since training began. */
  step: whole,
  /** Mean loss of the epoch so far, in nats. */
  loss: finite,
  /** Share of the epoch's examples so far that were classified right while training (dropout active), 0 to 1. */
  trainAccuracy: share,
  /** Examples a second in the training steps so far, with loading and evaluation outside the clock. */
  examplesPerSecond: aboveZero,
};

const stepSchema = v.strictObject({
  type: v.literal("step"),
  ...progress,
  /** 1 to stepsPerEpoch. */
  stepInEpoch: count,
  /** The learning rate that the step used. */
  learningRate: atLeastZero,
});

const tested = {
  /** Share of the test examples classified right; absent when there is no test loader. */
  testAccuracy: v.exactOptional(share),
  /** Mean loss over the test examples, in nats. */
  testLoss: v.exactOptional(finite),
  /** Wall-clock seconds since training began. */
  seconds: atLeastZero,
};

const epochSchema = v.strictObject({ type: v.literal("epoch"), ...progress, ...tested });

const endSchema = v.strictObject({
  type: v.literal("end"),
  ...progress,
  ...tested,
  /** Whether a signal ended training before its last epoch was done. */
  interrupted: v.boolean(),
});

/** A line of events.jsonl. */
export const eventSchema = v.variant("type", [startSchema, stepSchema, epochSchema, endSchema]);

const sumsSchema = v.strictObject({
  /** How many were seen. */
  examples: whole,
  /** Sum over all of them, in nats. */
  loss: finite,
  /** How many were classified right. */
  right: whole,
  /** Seconds in training steps. */
  seconds: atLeastZero,
});

/** The position that a checkpoint holds. */
export const positionSchema = v.strictObject({
  /** Optimiser updates so far. */
  step: whole,
  /** Epochs that were trained and tested. */
  epochs: whole,
  /** Steps of the epoch after those. */
  stepInEpoch: whole,
  /** What that epoch's meter has added up. */
  epochSums: sumsSchema,
  /** What the whole run's meter has added up. */
  runSums: sumsSchema,
  /** Wall-clock seconds so far. */
  seconds: atLeastZero,
  /** The event of the last epoch that was tested. */
  last: v.exactOptional(epochSchema),
});

type Output<Schema extends v.GenericSchema> = v.InferOutput<Schema>;
type StartFields = Output<typeof startSchema>;
type StepFields = Output<typeof stepSchema>;
type EpochFields = Output<typeof epochSchema>;
type EndFields = Output<typeof endSchema>;
type PositionFields = Output<typeof positionSchema>;
type SumsFields = Output<typeof sumsSchema>;

/** Running means over the epoch so far, as d2l's `train_ch6` counts them: loss per example, share of right answers. */
export type Progress = Pick<StepFields, "epoch" | "step" | "loss" | "trainAccuracy" | "examplesPerSecond">;

/** Comes before the first step; a resumed run does not start again. */
export interface StartEvent extends StartFields {}

/** Comes after each step. */
export interface StepEvent extends StepFields {}

/** Comes after each epoch and its evaluation. */
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

/** What a run has added up, in a position: numbers that JSON keeps to the bit. */
export interface Sums extends SumsFields {}
