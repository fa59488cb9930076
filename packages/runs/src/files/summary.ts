// Schema of summary.json: the figures of a finished or interrupted run.

import { atLeastZero, count, finite, name, share, whole } from "@mlpconv/trainer/events";
import * as v from "valibot";

export const summarySchema = v.strictObject({
  /** The model's name in `models`. */
  model: name,
  /** The preset with which it was trained. */
  preset: name,
  /** Name of the engine. */
  engine: name,
  /** The data set's name. */
  dataset: name,
  /** Seed of weights, shuffling, dropout and flips. */
  seed: whole,
  /** Number of epochs that were begun. */
  epochs: count,
  /** Running mean of the loss in the last epoch, in nats. */
  loss: finite,
  /** Running mean of the training accuracy in the last epoch, 0 to 1. */
  trainAccuracy: share,
  /** Test accuracy, 0 to 1; null if training was interrupted before the first test. */
  testAccuracy: v.nullable(share),
  /** Test accuracy with the averaged weights, 0 to 1; absent where none were kept or tested. */
  averageTestAccuracy: v.exactOptional(share),
  /** Accuracy on the images that are held out, 0 to 1; absent where there are none, or none was tested. */
  validationAccuracy: v.exactOptional(share),
  /** The same with the averaged weights. */
  averageValidationAccuracy: v.exactOptional(share),
  /** Mean over the whole run, without loading and evaluation. */
  examplesPerSecond: atLeastZero,
  /** Number of trainable values. */
  parameters: whole,
  /** Wall-clock time, including evaluation. */
  seconds: atLeastZero,
  /** The largest resident memory of the process, in bytes. */
  peakRssBytes: whole,
  /** Whether the run was stopped before its last epoch was done. */
  interrupted: v.boolean(),
  /** Why early stopping ended it before its last epoch, in words; absent where it did not. */
  stopped: v.exactOptional(v.string()),
});

type SummaryFields = v.InferOutput<typeof summarySchema>;
/** Contents of summary.json: the figures of a finished or interrupted run. Accuracies are shares, 0 to 1; losses in nats. */
export interface Summary extends SummaryFields {}
