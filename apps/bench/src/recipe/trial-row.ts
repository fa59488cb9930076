// What one finished run showed of how it trained.
import type { Run } from "@mlpconv/runs";
import type { LoggedEvent } from "@mlpconv/trainer";
import type { DeadChannels } from "./dead-channels.js";
import type { Trial } from "./experiments.js";

export interface TrialRow extends Omit<Trial, "seeds"> {
  seed: number;
  /** Side of the images in pixels. */
  resize: number;
  epochs: number;
  parameters: number;
  /** Test accuracy after each epoch. */
  testAccuracies: number[];
  /** Running mean of the loss in the last epoch, with dropout, in nats; null when it was not a number. */
  loss: number | null;
  trainAccuracy: number;
  /** Steps until the loss left that of guessing; null when it never did. */
  plateauSteps: number | null;
  deadClasses: number;
  deadHidden: number;
  hiddenChannels: number;
  /** Training speed, without loading and testing. */
  imagesPerSecond: number;
  seconds: number;
  /** Runs that used the machine at the same time, a thread each; 1 had all of it. */
  jobs: number;
}

export const trialRow = (
  { what, model, preset, flags }: Trial,
  { config, events, summary }: Run,
  dead: DeadChannels,
  jobs: number,
): TrialRow => ({
  what,
  model,
  preset,
  flags,
  seed: config.seed!,
  resize: config.resize!,
  epochs: summary!.epochs,
  parameters: summary!.parameters,
  testAccuracies: events.flatMap((event) => (event.type === "epoch" ? [event.testAccuracy!] : [])),
  loss: summary!.loss,
  trainAccuracy: summary!.trainAccuracy,
  plateauSteps: plateauSteps(events),
  deadClasses: dead.classes,
  deadHidden: dead.hidden,
  hiddenChannels: dead.hiddenChannels,
  imagesPerSecond: summary!.examplesPerSecond,
  seconds: summary!.seconds,
  jobs,
});

// Guessing among ten classes costs ln 10 = 2.303 nats.
const guessing = 2.2;
const window = 50;

/** The first step at which the mean loss of the last 50 steps is below 2.2 nats. */
export const plateauSteps = (events: readonly LoggedEvent[]): number | null => {
  const losses: number[] = [];
  let before = 0;
  for (const event of events) {
    if (event.type !== "step") continue;
    // The log has running means of the epoch; its last, short batch counts as a whole one here.
    if (event.stepInEpoch === 1) before = 0;
    const sum = (event.loss ?? Number.NaN) * event.stepInEpoch;
    losses.push(sum - before);
    before = sum;
    const last = losses.slice(-window);
    if (last.length === window && last.reduce((a, b) => a + b, 0) / window < guessing) return event.step;
  }
  return null;
};
