// Schema of evaluation.json: metrics of a run's weights on the test images.

import { atLeastZero, finite, name, share, whole } from "@mlpconv/trainer/events";
import * as v from "valibot";

/** The weights that a run stores, in order of preference. */
export const weightsNames = ["best", "last", "average"] as const;
/** Name of stored weights. */
export type WeightsName = (typeof weightsNames)[number];

const classSchema = v.strictObject({
  name,
  /** Images of the class. */
  examples: whole,
  /** Share of the class's images that were predicted as this class (recall); null for a class without images. */
  accuracy: v.nullable(share),
  /** Share of the images predicted as this class that belong to it; null if none was predicted as it. */
  precision: v.nullable(share),
});

export const evaluationSchema = v.pipe(
  v.strictObject({
    run: name,
    /** The model's name in `models`. */
    model: name,
    weights: v.picklist(weightsNames),
    /** The epoch in which the weights were saved; null if their file does not record it. */
    epoch: v.nullable(whole),
    engine: name,
    dataset: name,
    /** Number of test images. */
    examples: whole,
    /** Mean cross-entropy over the test images, in nats. */
    loss: finite,
    /** Share of the test images classified right, 0 to 1. */
    accuracy: share,
    /** Share of the test images whose class is among the five with the highest logits; absent for five classes or fewer, and in files of earlier versions. */
    top5Accuracy: v.exactOptional(share),
    /** Mean over the classes of the harmonic mean of precision and recall, 0 to 1; absent in files of earlier versions. */
    macroF1: v.exactOptional(share),
    /** Expected calibration error over 15 bins (Guo et al., 2017), 0 to 1; absent in files of earlier versions. */
    calibrationError: v.exactOptional(share),
    /** Figures of each class, in the order of the labels. */
    classes: v.array(classSchema),
    /** `confusion[i][j]` images of class i were predicted as class j. */
    confusion: v.array(v.array(whole)),
    /** Duration of the pass over the images in seconds. */
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
/** Metrics of one class, from the confusion matrix. */
export interface ClassFigures extends ClassFields {}
/** Contents of evaluation.json: metrics of a run's weights on the test images. Accuracies and precisions are shares, 0 to 1; losses in nats. */
export interface Evaluation extends EvaluationFields {}
