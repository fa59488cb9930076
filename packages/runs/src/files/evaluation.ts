// Schema of evaluation.json: how good a run's weights are on the test images.

import { atLeastZero, finite, name, share, whole } from "@mlpconv/trainer/events";
import * as v from "valibot";

/** The weights that a run keeps, in the order of preference. */
export const weightsNames = ["best", "last"] as const;
/** Name of the weights that a run keeps. */
export type WeightsName = (typeof weightsNames)[number];

const classSchema = v.strictObject({
  name,
  /** Images of the class. */
  examples: whole,
  /** The share of its images that were predicted as it, also known as recall; null for a class without images. */
  accuracy: v.nullable(share),
  /** The share of what was predicted as it that is of it; null when nothing was. */
  precision: v.nullable(share),
});

export const evaluationSchema = v.pipe(
  v.strictObject({
    run: name,
    /** The net, by its name in `models`. */
    model: name,
    weights: v.picklist(weightsNames),
    /** The epoch in which the weights were saved; null when their file does not say. */
    epoch: v.nullable(whole),
    engine: name,
    dataset: name,
    /** Test images: all there are. */
    examples: whole,
    /** Mean over the test images, in nats. */
    loss: finite,
    /** Share of the test images classified right, 0 to 1. */
    accuracy: share,
    /** Figures of each class, in the order of the labels. */
    classes: v.array(classSchema),
    /** `confusion[i][j]` images of class i were predicted as class j. */
    confusion: v.array(v.array(whole)),
    /** Seconds that the pass over the images took. */
    seconds: atLeastZero,
  }),
  v.check(
    ({ classes, confusion }) =>
      confusion.length === classes.length && confusion.every((row) => row.length === classes.length),
    "expected a row and a column of confusion for each class",
  ),
);

type ClassFields = v.InferOutput<typeof classSchema>;
type EvaluationFields = v.InferOutput<typeof evaluationSchema>;
/** What a confusion matrix says of one class. */
export interface ClassFigures extends ClassFields {}
/** evaluation.json: how good a run's weights are on the test images. Accuracies and precisions are shares, 0 to 1; losses in nats. */
export interface Evaluation extends EvaluationFields {}
