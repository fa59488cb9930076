// Points of training curves about where d2l's `train_ch6` draws them: five in each epoch, and one test in each epoch. Each is the mean over the
// batches since the last point, because d2l's running means jump at the start of each epoch.
import { meanSince, type RunningMean } from "@mlpconv/runs";
import type { LoggedEvent } from "@mlpconv/trainer";

/** A point of the training curves: means over the batches since the previous point. */
export interface CurvePoint {
  /** Position in epochs; 1 is the end of the first. */
  x: number;
  /** Null if it was not finite. */
  loss: number | null;
  /** Share of correct predictions, 0 to 1, with dropout active. */
  trainAccuracy: number;
}

/** Loss and accuracy over the epochs. */
export interface Curves {
  /** Planned number of epochs of the run. */
  epochs: number;
  /** Training figures: five points in an epoch that has at least ten steps. */
  points: CurvePoint[];
  /** Test figures after each epoch: `x` in epochs, `accuracy` on the test images, 0 to 1. */
  tests: { x: number; accuracy: number }[];
  /** The same on images that are held out; empty where there are none. */
  validations: { x: number; accuracy: number }[];
}

/**
 * Curves from the events so far.
 *
 * @param batchSize images in each batch but an epoch's last; default: estimated from the images in an epoch
 */
export const curvesOf = (events: readonly LoggedEvent[], batchSize?: number): Curves => {
  const curves: Curves = { epochs: 0, points: [], tests: [], validations: [] };
  let [stepsPerEpoch, examples] = [1, 1];
  let before: { epoch: number; loss: RunningMean; accuracy: RunningMean } | undefined;
  for (const event of events) {
    if (event.type === "start") {
      ({ stepsPerEpoch, examples } = event);
      curves.epochs = event.epochs;
    } else if (event.type === "change") {
      curves.epochs = event.epochs;
    } else if (event.type === "step") {
      const { epoch, stepInEpoch, loss, trainAccuracy } = event;
      // With every fifth of the steps, rounded down, a few steps are left over at the end of most epochs. A mean over so few batches would make a
      // kink in the curve, so they belong to the last point.
      const every = Math.max(1, Math.floor(stepsPerEpoch / 5));
      const left = stepsPerEpoch - stepInEpoch;
      if (left > 0 && (stepInEpoch % every !== 0 || 2 * left <= every)) continue;
      // The last batch of an epoch may be smaller.
      const count = Math.min(stepInEpoch * (batchSize ?? Math.ceil(examples / stepsPerEpoch)), examples);
      const now = { epoch, loss: { mean: loss, count }, accuracy: { mean: trainAccuracy, count } };
      const last = before?.epoch === epoch ? before : undefined;
      before = now;
      curves.points.push({
        x: epoch - 1 + stepInEpoch / stepsPerEpoch,
        loss: meanSince(last?.loss, now.loss),
        trainAccuracy: meanSince(last?.accuracy, now.accuracy)!,
      });
    } else if (event.type === "epoch") {
      const { epoch: x, testAccuracy, validationAccuracy } = event;
      if (testAccuracy !== undefined) curves.tests.push({ x, accuracy: testAccuracy });
      if (validationAccuracy !== undefined) curves.validations.push({ x, accuracy: validationAccuracy });
    }
  }
  return curves;
};
