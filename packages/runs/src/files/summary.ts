// Schema of summary.json: the figures of a run that ended, well or interrupted.

import { atLeastZero, count, finite, name, share, whole } from "@mlpconv/trainer/events";
import * as v from "valibot";

export const summarySchema = v.strictObject({
  /** The net, by its name in `models`. */
  model: name,
  /** The preset that it was trained by. */
  preset: name,
  /** The engine that computed. */
  engine: name,
  /** The data set's name. */
  dataset: name,
  /** Seed of weights, shuffling, dropout and mirroring. */
  seed: whole,
  /** Epochs that were begun. */
  epochs: count,
  /** Running mean of the last epoch, in nats. */
  loss: finite,
  /** Running mean of the last epoch, 0 to 1. */
  trainAccuracy: share,
  /** Null when training was interrupted before a test. */
  testAccuracy: v.nullable(share),
  /** Mean over the whole run, loading and evaluation outside the clock. */
  examplesPerSecond: atLeastZero,
  /** Trainable numbers. */
  parameters: whole,
  /** Wall clock, evaluation included. */
  seconds: atLeastZero,
  /** The largest resident memory of the process, in bytes. */
  peakRssBytes: whole,
  /** Whether it was stopped before its last epoch was done. */
  interrupted: v.boolean(),
});

type SummaryFields = v.InferOutput<typeof summarySchema>;
/** summary.json: the figures of a run that ended, well or interrupted. Accuracies are shares, 0 to 1; losses in nats. */
export interface Summary extends SummaryFields {}
