// The figures of one finished run.
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
  /** Running mean of the loss in the last epoch, with dropout, in nats; null if it was not finite. */
  loss: number | null;
  trainAccuracy: number;
  /** Steps until the loss fell below that of guessing; null if it never did. */
  plateauSteps: number | null;
  deadClasses: number;
  deadHidden: number;
  hiddenChannels: number;
  /** Training speed, without loading and testing. */
  imagesPerSecond: number;
  seconds: number;
  /** Number of simultaneous runs on the machine, each on one thread; with 1, the run used all threads. */
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

// Loss in nats below which a model does better than guessing, which costs ln 10 = 2.303 among ten classes.
const guessing = 2.2;
const window = 50;

/** The first step at which the mean loss of the last 50 steps is below 2.2 nats. */
export const plateauSteps = (events: readonly LoggedEvent[]): number | null => {
  const losses: number[] = [];
  let before = 0;
  for (const event of events) {
    if (event.type !== "step") continue;
    // The log has running means of the epoch; the short last batch counts as a whole one here.
    if (event.stepInEpoch === 1) before = 0;
    const sum = (event.loss ?? Number.NaN) * event.stepInEpoch;
    losses.push(sum - before);
    before = sum;
    const last = losses.slice(-window);
    if (last.length === window && last.reduce((a, b) => a + b, 0) / window < guessing) return event.step;
  }
  return null;
};
