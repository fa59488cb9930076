// How sure a model is of its answers, and how right it then is.
import { logitsOf, probabilities, type TestBatch } from "@mlpconv/trainer";

/** Bins of equal width over the probabilities. */
const bins = 15;
/** Classes that a model may name for `top5Accuracy`. */
const guesses = 5;

/** What `countConfidence` found. */
export interface Confidence {
  /** Share of the images whose class is among the five with the highest logits; absent where there are no more than five classes. */
  top5Accuracy?: number;
  /**
   * Expected calibration error (Guo et al., 2017): in each of 15 bins of the predicted class's probability, the difference between the mean
   * probability and the accuracy, averaged over images. 0 to 1; 0 is a model that is right as often as it says.
   */
  calibrationError: number;
}

/** Adds up batches of a pass over test images. */
export const countConfidence = (classes: number) => {
  const sums = new Float64Array(bins);
  const right = new Float64Array(bins);
  let among = 0;
  let examples = 0;
  const add = (batch: TestBatch): void => {
    for (const [i, label] of batch.labels.entries()) {
      const logits = logitsOf(batch, i);
      const predicted = batch.predicted[i]!;
      const sure = probabilities(logits)[predicted]!;
      const bin = Math.min(bins - 1, Math.floor(sure * bins));
      sums[bin]! += sure;
      if (predicted === label) right[bin]!++;
      if (rankOf(logits, label) < guesses) among++;
      examples++;
    }
  };
  const figures = (): Confidence => ({
    ...(classes > guesses && { top5Accuracy: among / examples }),
    calibrationError: sums.reduce((sum, value, bin) => sum + Math.abs(value - right[bin]!), 0) / examples,
  });
  return { add, figures };
};

/** Number of classes that come before this one when they are sorted by their logits; equal ones in the order of the classes. */
const rankOf = (logits: Float32Array, label: number): number =>
  logits.reduce(
    (rank, logit, k) => rank + (logit > logits[label]! || (logit === logits[label] && k < label) ? 1 : 0),
    0,
  );
