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
  /** The classes of the maps, where not every class has one. */
  mapClasses?: number[];
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
      const means = mapMeans(features.values, i, side, classes);
      withMaps++;
      if (means.indexOf(Math.max(...means)) === label) highestIsTrue++;
      if (!wanted.has(first + i)) continue;
      const mapClasses = classesWithMaps(means, label);
      const maps = mapClasses.map((c) => mapOf(features.values, i, { c, side, classes }));
      classMaps.set(first + i, { side, maps, ...(mapClasses.length < classes && { mapClasses }) });
    }
  };
  return {
    add,
    predictions,
    classMaps,
    highestMapIsTrue: () => (withMaps === 0 ? undefined : highestIsTrue / withMaps),
  };
};

/** Classes up to which every class's map is kept. */
const mostMaps = 12;
/** Maps that are kept of more classes: those of the highest logits. */
const mostOfMany = 6;

/** The classes whose maps of an image are kept: all, or where there are many those of the highest means, and the true class. */
const classesWithMaps = (means: readonly number[], label: number): number[] => {
  const all = [...means.keys()];
  if (all.length <= mostMaps) return all;
  const highest = all.sort((a, b) => means[b]! - means[a]!).slice(0, mostOfMany);
  return highest.includes(label) ? highest : [...highest.slice(0, -1), label];
};

/** The mean of each map of the i-th image, from values in which the class changes fastest. */
const mapMeans = (values: Float32Array, i: number, side: number, classes: number): number[] => {
  const means = new Array<number>(classes).fill(0);
  const start = i * side * side * classes;
  for (let at = 0; at < side * side * classes; at++) means[at % classes]! += values[start + at]!;
  return means.map((sum) => sum / (side * side));
};

/** One class's map of the i-th image. */
const mapOf = (
  values: Float32Array,
  i: number,
  { c, side, classes }: { c: number; side: number; classes: number },
): number[] => Array.from({ length: side * side }, (_, at) => values[(i * side * side + at) * classes + c]!);
