// Loss and accuracy while a network trains: means over a few steps each, so that a curve has a few hundred points however long training is.
import { meanSince } from "@mlpconv/runs";
import type { StepEvent } from "@mlpconv/trainer";

interface CurvePoint {
  /** Position in epochs. */
  x: number;
  /** Null if it was not finite. */
  loss: number | null;
  accuracy: number | null;
}

export interface Curve {
  points: readonly CurvePoint[];
  /** Test accuracy after each epoch. */
  tests: readonly { x: number; accuracy: number }[];
}

export const emptyCurve: Curve = { points: [], tests: [] };

/** Points at which neighbours are merged. */
const mostPoints = 400;
/** Points in an epoch at first: a single step of a small batch says little. */
const pointsPerEpoch = 60;

/** A curve that grows. */
export interface LiveCurve {
  step(event: StepEvent): void;
  test(epoch: number, accuracy: number): void;
  /** The curve so far, as a copy. */
  curve(): Curve;
}

export const liveCurve = (stepsPerEpoch: number): LiveCurve => {
  let points: CurvePoint[] = [];
  const tests: { x: number; accuracy: number }[] = [];
  let every = Math.max(1, Math.floor(stepsPerEpoch / pointsPerEpoch));
  let before: StepEvent | undefined;
  const since = (event: StepEvent, key: "loss" | "trainAccuracy") =>
    meanSince(
      before?.epoch === event.epoch ? { mean: finite(before[key]), count: before.stepInEpoch } : undefined,
      { mean: finite(event[key]), count: event.stepInEpoch },
    );
  return {
    step: (event) => {
      const { epoch, step, stepInEpoch } = event;
      if (step % every !== 0 && stepInEpoch !== stepsPerEpoch) return;
      points.push({
        x: epoch - 1 + stepInEpoch / stepsPerEpoch,
        loss: since(event, "loss"),
        accuracy: since(event, "trainAccuracy"),
      });
      before = event;
      if (points.length < mostPoints) return;
      points = halved(points);
      every *= 2;
    },
    test: (x, accuracy) => tests.push({ x, accuracy }),
    curve: () => ({ points: [...points], tests: [...tests] }),
  };
};

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Each two neighbours as one, at the place of the later. */
const halved = (points: readonly CurvePoint[]): CurvePoint[] =>
  points.flatMap((point, i) => {
    if (i % 2 === 0) return i === points.length - 1 ? [point] : [];
    const last = points[i - 1]!;
    return [
      { x: point.x, loss: middle(last.loss, point.loss), accuracy: middle(last.accuracy, point.accuracy) },
    ];
  });

const middle = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : (a + b) / 2;
