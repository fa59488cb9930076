// The events of `train()`, which are also the lines of a run's events.jsonl. The types derive from the schemas.
import * as v from "valibot";
import { aboveZero, atLeastZero, count, finite, share, whole } from "./numbers.js";

export * from "./numbers.js";

const startSchema = v.strictObject({
  type: v.literal("start"),
  /** Number of passes over the training examples. */
  epochs: count,
  /** Steps in each epoch; the last batch of an epoch may be smaller. */
  stepsPerEpoch: count,
  /** Examples in each epoch. */
  examples: count,
  /** Number of trainable values of the model. */
  parameters: whole,
});

const progress = {
  /** The epoch, from 1. */
  epoch: count,
  /** Optimiser updates since training began. */
  step: whole,
  /** Mean loss of the epoch so far, in nats. */
  loss: finite,
  /** Share of the epoch's examples so far that were classified right during training (with dropout), 0 to 1. */
  trainAccuracy: share,
  /** Examples a second in the training steps so far, without loading and evaluation. */
  examplesPerSecond: aboveZero,
};

const stepSchema = v.strictObject({
  type: v.literal("step"),
  ...progress,
  /** 1 to stepsPerEpoch. */
  stepInEpoch: count,
  /** Loss of this step's batch alone, before its update, in nats; absent in logs of earlier versions. */
  batchLoss: v.exactOptional(finite),
  /** The learning rate that the step used. */
  learningRate: atLeastZero,
});

const tested = {
  /** Share of the test examples classified right; absent when there is no test loader. */
  testAccuracy: v.exactOptional(share),
  /** Mean loss over the test examples, in nats. */
  testLoss: v.exactOptional(finite),
  /** The same with the averaged weights; absent when the optimiser keeps none. */
  averageTestAccuracy: v.exactOptional(share),
  /** The same with the averaged weights, in nats. */
  averageTestLoss: v.exactOptional(finite),
  /** Share of the validation examples classified right; absent when there is no validation loader. */
  validationAccuracy: v.exactOptional(share),
  /** Mean loss over the validation examples, in nats. */
  validationLoss: v.exactOptional(finite),
  /** Share of the validation examples that the averaged weights classify right; absent when the optimiser keeps none. */
  averageValidationAccuracy: v.exactOptional(share),
  /** Mean loss of the averaged weights over the validation examples, in nats. */
  averageValidationLoss: v.exactOptional(finite),
  /** Wall-clock seconds since training began. */
  seconds: atLeastZero,
};

const epochSchema = v.strictObject({ type: v.literal("epoch"), ...progress, ...tested });

const endSchema = v.strictObject({
  type: v.literal("end"),
  ...progress,
  ...tested,
  /** Whether a signal, or the option untilEpoch, ended training before its last epoch was done. */
  interrupted: v.boolean(),
  /** Why a rule such as early stopping ended training before its last epoch, in words; absent when none did. */
  stopped: v.exactOptional(v.string()),
});

const value = v.union([v.number(), v.string(), v.boolean()]);

const changeSchema = v.strictObject({
  type: v.literal("change"),
  /** Optimiser updates before the change. */
  step: whole,
  /** Number of passes over the training examples from here on, in all. */
  epochs: count,
  /** The settings that were changed, at least one. */
  changes: v.pipe(
    v.array(
      v.strictObject({
        /** Path of the setting in config.json, such as learningRate. */
        setting: v.pipe(v.string(), v.minLength(1)),
        /** Value before the change; null where it had none. */
        from: v.nullable(value),
        /** Value after the change. */
        to: value,
      }),
    ),
    v.minLength(1),
  ),
});

/** A line of events.jsonl. */
export const eventSchema = v.variant("type", [startSchema, stepSchema, epochSchema, endSchema, changeSchema]);

const sumsSchema = v.strictObject({
  /** Number of examples. */
  examples: whole,
  /** Sum over all of them, in nats. */
  loss: finite,
  /** Number of examples classified right. */
  right: whole,
  /** Seconds in training steps. */
  seconds: atLeastZero,
});

const plateauSchema = v.strictObject({
  /** The best accuracy so far, 0 to 1; -1 before the first epoch. */
  best: finite,
  /** Number of epochs since then, or since the rate last fell. */
  waited: whole,
  /** Factor of the learning rate. */
  factor: aboveZero,
});

/** The position that a checkpoint holds. */
export const positionSchema = v.strictObject({
  /** Number of optimiser updates so far. */
  step: whole,
  /** Number of epochs that were trained and tested. */
  epochs: whole,
  /** Number of steps of the epoch after those. */
  stepInEpoch: whole,
  /** Sums of that epoch. */
  epochSums: sumsSchema,
  /** Sums of the whole run. */
  runSums: sumsSchema,
  /** Wall-clock seconds so far. */
  seconds: atLeastZero,
  /** Event of the last epoch that was tested. */
  last: v.exactOptional(epochSchema),
  /** State of a learning rate that falls on a plateau; absent without one. */
  plateau: v.exactOptional(plateauSchema),
});

type Output<Schema extends v.GenericSchema> = v.InferOutput<Schema>;
type StartFields = Output<typeof startSchema>;
type StepFields = Output<typeof stepSchema>;
type EpochFields = Output<typeof epochSchema>;
type EndFields = Output<typeof endSchema>;
type ChangeFields = Output<typeof changeSchema>;
type PositionFields = Output<typeof positionSchema>;
type PlateauFields = Output<typeof plateauSchema>;
type SumsFields = Output<typeof sumsSchema>;

/** Running means over the epoch so far, as in d2l's `train_ch6`: loss per example, share classified right. */
export type Progress = Pick<StepFields, "epoch" | "step" | "loss" | "trainAccuracy" | "examplesPerSecond">;

/** Comes before the first step; a resumed run has no second one. */
export interface StartEvent extends StartFields {}

/** Comes after each step. */
export interface StepEvent extends StepFields {}

/** Comes after each epoch and its evaluation. */
export interface EpochEvent extends EpochFields {}

/**
 * The last event: the last epoch's figures, but examplesPerSecond and seconds of the whole run. If the run was interrupted in an epoch, the
 * figures of that part of the epoch.
 */
export interface EndEvent extends EndFields {}

/**
 * Position of a run between two steps. Together with the weights and the optimiser's state it is all that a bit-identical continuation needs,
 * because every random number is a function of seed, epoch and step. Plain JSON.
 */
export interface Position extends PositionFields {}

/**
 * Time to save a checkpoint: weights and optimiser do not change until the next event is requested. It is not written to events.jsonl,
 * because its time depends on the clock.
 */
export interface CheckpointEvent {
  type: "checkpoint";
  /** Position to save beside weights and optimiser, and to pass as `resume`. */
  position: Position;
}

/**
 * A run went on with other settings: from here on it is no longer what one uninterrupted run would be. Written by what resumes a run; `train` does not
 * yield it.
 */
export interface ChangeEvent extends ChangeFields {}

/** What `train` yields for a log. */
type TrainedEvent = StartEvent | StepEvent | EpochEvent | EndEvent;
/** A line of events.jsonl. */
export type LoggedEvent = TrainedEvent | ChangeEvent;
/** Everything that `train` yields. */
export type TrainEvent = TrainedEvent | CheckpointEvent;

/** State of a learning rate that falls on a plateau. */
export interface PlateauState extends PlateauFields {}

/** Sums of a run so far, in a position: numbers that JSON keeps exactly. */
export interface Sums extends SumsFields {}
