// What a pass over the test images tells beside the evaluation: each image's prediction, and its class maps where the net has some.
import { logitsOf, probabilities, type TestBatch } from "@mlpconv/trainer";

/** What the net predicts for a test image. */
export interface Prediction {
  label: number;
  /** The class with the highest logit. */
  predicted: number;
  /** Probability of the predicted class, 0 to 1. */
  probability: number;
}

interface ClassMaps {
  side: number;
  /** Maps by class: `side * side` values row by row. */
  maps: number[][];
}

/** The predictions of a pass, batch by batch. */
export interface Predictions {
  /** Takes in the pass's next batch. */
  add(batch: TestBatch): void;
  /** Predictions in the order of the test images. */
  readonly predictions: readonly Prediction[];
  /** Class maps by index in the test set; empty for nets without. */
  readonly classMaps: ReadonlyMap<number, ClassMaps>;
  /**
   * Share of images whose true class has the map with the highest mean: the accuracy, because that mean is the logit.
   *
   * @returns undefined for nets without class maps
   */
  highestMapIsTrue(): number | undefined;
}

/** @param wanted images whose class maps are kept, by index in the test set */
export const collectPredictions = (wanted: ReadonlySet<number>): Predictions => {
  const predictions: Prediction[] = [];
  const classMaps = new Map<number, ClassMaps>();
  let withMaps = 0;
  let highestIsTrue = 0;
  const add = (batch: TestBatch): void => {
    const { first, labels, predicted, features, classes } = batch;
    for (const [i, label] of labels.entries()) {
      const probability = probabilities(logitsOf(batch, i))[predicted[i]!]!;
      predictions.push({ label, predicted: predicted[i]!, probability });
      if (!features) continue;
      const side = features.shape[1]!;
      const maps = mapsOf(features.values, i, side, classes);
      const means = maps.map((map) => map.reduce((a, b) => a + b, 0) / map.length);
      withMaps++;
      if (means.indexOf(Math.max(...means)) === label) highestIsTrue++;
      if (wanted.has(first + i)) classMaps.set(first + i, { side, maps });
    }
  };
  return {
    add,
    predictions,
    classMaps,
    highestMapIsTrue: () => (withMaps === 0 ? undefined : highestIsTrue / withMaps),
  };
};

/** The maps of the i-th image, from values in which the class changes fastest. */
const mapsOf = (values: Float32Array, i: number, side: number, classes: number): number[][] =>
  Array.from({ length: classes }, (_, c) =>
    Array.from({ length: side * side }, (_, at) => values[(i * side * side + at) * classes + c]!),
  );
