// Schema of events.jsonl and of the position in a checkpoint. The types in ../events.ts derive from it; schema/events.schema.json says
// the same to other programs.
import * as v from "valibot";
import { aboveZero, atLeastZero, count, finite, share, whole } from "./numbers.js";

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
export type StartFields = Output<typeof startSchema>;
export type StepFields = Output<typeof stepSchema>;
export type EpochFields = Output<typeof epochSchema>;
export type EndFields = Output<typeof endSchema>;
export type PositionFields = Output<typeof positionSchema>;
export type SumsFields = Output<typeof sumsSchema>;
