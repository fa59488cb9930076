// Formats the progress of a run from its events, as pure functions: the live line, the line of an epoch, the time left.

import { duration, rate } from "@mlpconv/cli-kit";
import type { Loader } from "@mlpconv/datasets";
import type { EpochEvent, StepEvent } from "@mlpconv/trainer";

/** The amount of work of a run, from which the time left is computed. */
export interface Work {
  epochs: number;
  stepsPerEpoch: number;
  /** Number of training images in an epoch. */
  examples: number;
  /** Number of images that are tested after each epoch: test images, and those that are held out. */
  testExamples: number;
}

/** What is known of the loaders before training. */
export interface PlannedLoaders {
  train: Pick<Loader, "batches" | "examples">;
  test: Pick<Loader, "examples">;
  validation?: Pick<Loader, "examples">;
}

export const workOf = (epochs: number, { train, test, validation }: PlannedLoaders): Work => ({
  epochs,
  stepsPerEpoch: train.batches,
  examples: train.examples,
  testExamples: test.examples + (validation?.examples ?? 0),
});

// A training step costs three forward passes (one forward, about two backward), a test image one.
const passesPerStep = 3;

/** Number of forward passes of one image in the whole run. */
export const totalPasses = ({ epochs, examples, testExamples }: Work): number =>
  epochs * (passesPerStep * examples + testExamples);

/** Seconds left at the average speed so far, loading and evaluation included. */
export const secondsLeft = (
  { epoch, stepInEpoch }: Pick<StepEvent, "epoch" | "stepInEpoch">,
  work: Work,
  secondsSoFar: number,
): number => {
  const perEpoch = passesPerStep * work.examples + work.testExamples;
  const done = (epoch - 1) * perEpoch + passesPerStep * work.examples * (stepInEpoch / work.stepsPerEpoch);
  return (secondsSoFar / done) * (work.epochs * perEpoch - done);
};

/** A progress bar of `width` columns. */
export const bar = (share: number, width: number): string => {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return "━".repeat(filled) + "─".repeat(width - filled);
};

/** The live line, at most `columns` wide: the bar is shortened first, then the end of the line is cut. */
export const progressLine = (step: StepEvent, work: Work, secondsSoFar: number, columns = 80): string => {
  const share = step.stepInEpoch / work.stepsPerEpoch;
  const testing = step.stepInEpoch === work.stepsPerEpoch && work.testExamples > 0;
  const head = `epoch ${step.epoch}/${work.epochs}`;
  const tail = [
    `${Math.floor(share * 100)}%`,
    `loss ${step.loss.toFixed(3)}`,
    `acc ${step.trainAccuracy.toFixed(3)}`,
    rate(step.examplesPerSecond),
    testing ? "testing ..." : `${duration(secondsLeft(step, work, secondsSoFar))} left`,
  ].join("  ");
  const width = Math.min(24, columns - 1 - head.length - tail.length - 2);
  const line = width >= 4 ? `${head} ${bar(share, width)} ${tail}` : `${head} ${tail}`;
  return line.slice(0, Math.max(0, columns - 1));
};

/** The permanent line after an epoch. */
export const epochLine = (event: EpochEvent, epochs: number): string =>
  [
    `epoch ${String(event.epoch).padStart(String(epochs).length)}/${epochs}`,
    `loss ${event.loss.toFixed(3)}`,
    `train acc ${event.trainAccuracy.toFixed(3)}`,
    ...(event.validationAccuracy === undefined ? [] : [`val acc ${event.validationAccuracy.toFixed(3)}`]),
    ...(event.testAccuracy === undefined ? [] : [`test acc ${event.testAccuracy.toFixed(3)}`]),
    ...(event.averageTestAccuracy === undefined ? [] : [`averaged ${event.averageTestAccuracy.toFixed(3)}`]),
    rate(event.examplesPerSecond),
    duration(event.seconds),
  ].join("  ");
