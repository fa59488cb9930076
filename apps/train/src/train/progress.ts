// What a run says while it goes on, as pure functions of its events: the live line, the line of an epoch, the time left.

import { duration, rate } from "@mlpconv/cli-kit";
import type { Loader } from "@mlpconv/datasets";
import type { EpochEvent, StepEvent } from "@mlpconv/trainer";

/** What the time left depends on: how much there is to do. */
export interface Work {
  epochs: number;
  stepsPerEpoch: number;
  /** Training images in an epoch. */
  examples: number;
  /** Test images after each epoch. */
  testExamples: number;
}

export const workOf = (
  epochs: number,
  { train, test }: { train: Pick<Loader, "batches" | "examples">; test: Pick<Loader, "examples"> },
): Work => ({ epochs, stepsPerEpoch: train.batches, examples: train.examples, testExamples: test.examples });

// A training step costs a forward pass and two more of the same size backward; a test image costs the forward pass.
const passesPerStep = 3;

/** Forward passes of one image in the whole run. */
export const totalPasses = ({ epochs, examples, testExamples }: Work): number =>
  epochs * (passesPerStep * examples + testExamples);

/** Seconds left at the pace so far: passes done and to do, loading and evaluation included. */
export const secondsLeft = (
  { epoch, stepInEpoch }: Pick<StepEvent, "epoch" | "stepInEpoch">,
  work: Work,
  secondsSoFar: number,
): number => {
  const perEpoch = passesPerStep * work.examples + work.testExamples;
  const done = (epoch - 1) * perEpoch + passesPerStep * work.examples * (stepInEpoch / work.stepsPerEpoch);
  return (secondsSoFar / done) * (work.epochs * perEpoch - done);
};

/** `share` of a bar `width` columns wide. */
export const bar = (share: number, width: number): string => {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return "━".repeat(filled) + "─".repeat(width - filled);
};

/** The live line, at most `columns` wide: the bar gives way first, then the end of the line. */
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

/** The line that stays when an epoch is over. */
export const epochLine = (event: EpochEvent, epochs: number): string =>
  [
    `epoch ${String(event.epoch).padStart(String(epochs).length)}/${epochs}`,
    `loss ${event.loss.toFixed(3)}`,
    `train acc ${event.trainAccuracy.toFixed(3)}`,
    ...(event.testAccuracy === undefined ? [] : [`test acc ${event.testAccuracy.toFixed(3)}`]),
    rate(event.examplesPerSecond),
    duration(event.seconds),
  ].join("  ");
