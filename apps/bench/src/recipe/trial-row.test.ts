// How long a run guesses before it learns, from its log.
import type { LoggedEvent } from "@mlpconv/trainer";
import { expect, test } from "vitest";
import { plateauSteps } from "./trial-row.js";

/** A log of these losses of single steps, as the running means that it holds. */
const logOf = (losses: (number | null)[], stepsPerEpoch: number): LoggedEvent[] => {
  let sum = 0;
  return losses.map((loss, i) => {
    const stepInEpoch = (i % stepsPerEpoch) + 1;
    if (stepInEpoch === 1) sum = 0;
    sum += loss ?? Number.NaN;
    return {
      type: "step",
      epoch: Math.floor(i / stepsPerEpoch) + 1,
      step: i + 1,
      stepInEpoch,
      loss: Number.isNaN(sum) ? null : sum / stepInEpoch,
      trainAccuracy: 0.1,
      examplesPerSecond: 1,
      learningRate: 0.1,
    } as LoggedEvent;
  });
};
const steps = (loss: number | null, count: number) => Array<number | null>(count).fill(loss);

test("the plateau ends where the mean of the last fifty steps is clearly below that of guessing", () => {
  expect(plateauSteps(logOf([...steps(2.31, 100), ...steps(1.31, 100)], 60))).toBe(106);
});

test("the plateau of a net that learns at once still lasts fifty steps", () => {
  expect(plateauSteps(logOf(steps(1, 80), 80))).toBe(50);
});

test("a run that never learned, and one whose loss is NaN, never leave the plateau", () => {
  expect(plateauSteps(logOf(steps(Math.LN10, 200), 60))).toBeNull();
  expect(plateauSteps(logOf([...steps(2.3, 20), ...steps(null, 100)], 60))).toBeNull();
});
