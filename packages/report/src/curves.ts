// The points of training curves about where d2l's `train_ch6` has them: five in each epoch, and a test an epoch. Each is the mean over the batches
// since the last point: d2l's running means of the epoch jump where an epoch begins.
import { meanSince, type RunningMean } from "@mlpconv/runs";
import type { LoggedEvent } from "@mlpconv/trainer";

/** A point of the training curves: means over the batches since the point before. */
export interface CurvePoint {
  /** Position in epochs; 1 is the end of the first. */
  x: number;
  /** Null when it was no number. */
  loss: number | null;
  /** Share of right answers, 0 to 1, with dropout active. */
  trainAccuracy: number;
}

/** Loss and accuracy over the epochs. */
export interface Curves {
  /** Epochs that the run was to have. */
  epochs: number;
  /** Training figures: five points an epoch, where it has ten steps or more. */
  points: CurvePoint[];
  /** After each epoch: `x` in epochs, `accuracy` on the test images, 0 to 1. */
  tests: { x: number; accuracy: number }[];
}

/**
 * Curves from events, as far as they go.
 *
 * @param batchSize images in a batch, but for an epoch's last; absent: about as many as make the epoch's images
 */
export const curvesOf = (events: readonly LoggedEvent[], batchSize?: number): Curves => {
  const curves: Curves = { epochs: 0, points: [], tests: [] };
  let [stepsPerEpoch, examples] = [1, 1];
  let before: { epoch: number; loss: RunningMean; accuracy: RunningMean } | undefined;
  for (const event of events) {
    if (event.type === "start") {
      ({ stepsPerEpoch, examples } = event);
      curves.epochs = event.epochs;
    } else if (event.type === "step") {
      const { epoch, stepInEpoch, loss, trainAccuracy } = event;
      // A fifth of the steps, rounded down, leaves a few steps at the end of most epochs: a mean over so few batches would be a kink in the
      // curve, so they belong to the last point.
      const every = Math.max(1, Math.floor(stepsPerEpoch / 5));
      const left = stepsPerEpoch - stepInEpoch;
      if (left > 0 && (stepInEpoch % every !== 0 || 2 * left <= every)) continue;
      // The last batch of an epoch may be a smaller one.
      const count = Math.min(stepInEpoch * (batchSize ?? Math.ceil(examples / stepsPerEpoch)), examples);
      const now = { epoch, loss: { mean: loss, count }, accuracy: { mean: trainAccuracy, count } };
      const last = before?.epoch === epoch ? before : undefined;
      before = now;
      curves.points.push({
        x: epoch - 1 + stepInEpoch / stepsPerEpoch,
        loss: meanSince(last?.loss, now.loss),
        trainAccuracy: meanSince(last?.accuracy, now.accuracy)!,
      });
    } else if (event.type === "epoch" && event.testAccuracy !== undefined) {
      curves.tests.push({ x: event.epoch, accuracy: event.testAccuracy });
    }
  }
  return curves;
};
