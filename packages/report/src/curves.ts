// The points of training curves, as d2l's `train_ch6` chooses them: running means of the epoch, six points in each, and a test an epoch.
import type { LoggedEvent } from "@mlpconv/trainer";

/** A point of the training curves: running means of the epoch so far. */
export interface CurvePoint {
  /** In epochs; 1 is the end of the first. */
  x: number;
  /** Null when it was no number. */
  loss: number | null;
  /** Share of right answers, 0 to 1, with dropout active. */
  trainAccuracy: number;
}

/** The curves that d2l's `train_ch6` draws. */
export interface Curves {
  /** Epochs that the run was to have. */
  epochs: number;
  /** Of training: five or six an epoch. */
  points: CurvePoint[];
  /** After each epoch: `x` in epochs, `accuracy` on the test images, 0 to 1. */
  tests: { x: number; accuracy: number }[];
}

/** Curves from events, as far as they go. */
export const curvesOf = (events: readonly LoggedEvent[]): Curves => {
  const curves: Curves = { epochs: 0, points: [], tests: [] };
  let stepsPerEpoch = 1;
  for (const event of events) {
    if (event.type === "start") {
      ({ stepsPerEpoch } = event);
      curves.epochs = event.epochs;
    } else if (event.type === "step") {
      const { epoch, stepInEpoch, loss, trainAccuracy } = event;
      // A fifth of the steps, rounded down, leaves a sixth point at the end of most epochs.
      const every = Math.max(1, Math.floor(stepsPerEpoch / 5));
      if (stepInEpoch % every !== 0 && stepInEpoch !== stepsPerEpoch) continue;
      curves.points.push({ x: epoch - 1 + stepInEpoch / stepsPerEpoch, loss, trainAccuracy });
    } else if (event.type === "epoch" && event.testAccuracy !== undefined) {
      curves.tests.push({ x: event.epoch, accuracy: event.testAccuracy });
    }
  }
  return curves;
};
