// The figures of one finished run.
import type { Run } from "@mlpconv/runs";
import type { EpochEvent, LoggedEvent } from "@mlpconv/trainer";
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
  /** Accuracy after each epoch on training images that were held out; absent where none were. */
  validationAccuracies?: number[];
  /** The same two of the averaged weights; absent where none were kept. */
  averageTestAccuracies?: number[];
  averageValidationAccuracies?: number[];
  /** Mean loss of each epoch's steps, with dropout, in nats; null where it was not finite. */
  losses: (number | null)[];
  /** Share of each epoch's images that were classified right in training, with dropout. */
  trainAccuracies: number[];
  /** Running mean of the loss in the last epoch, with dropout, in nats; null if it was not finite. */
  loss: number | null;
  trainAccuracy: number;
  /** Steps until the loss fell below that of guessing; null if it never did. */
  plateauSteps: number | null;
  /** Absent, as the next two, where dead channels were not counted. */
  deadClasses?: number;
  deadHidden?: number;
  hiddenChannels?: number;
  /** Training speed, without loading and testing. */
  imagesPerSecond: number;
  seconds: number;
  /** Number of simultaneous runs on the machine, on the CPU each on one thread; with 1, the run used all threads. */
  jobs: number;
}

export const trialRow = (
  { what, model, preset, flags }: Trial,
  { config, events, summary }: Run,
  dead: DeadChannels | undefined,
  jobs: number,
): TrialRow => {
  const epochs = events.filter((event) => event.type === "epoch");
  /** A figure of each epoch, where epochs have it. */
  const curve = (key: keyof EpochEvent): number[] | undefined =>
    epochs.every((epoch) => epoch[key] !== undefined) ? epochs.map((epoch) => Number(epoch[key])) : undefined;
  const curves = {
    validationAccuracies: curve("validationAccuracy"),
    averageTestAccuracies: curve("averageTestAccuracy"),
    averageValidationAccuracies: curve("averageValidationAccuracy"),
  };
  return {
    what,
    model,
    preset,
    flags,
    seed: config.seed!,
    resize: config.resize!,
    epochs: summary!.epochs,
    parameters: summary!.parameters,
    testAccuracies: epochs.map(({ testAccuracy }) => testAccuracy!),
    // JSON leaves out what is undefined.
    ...(curves as { [Name in keyof typeof curves]?: number[] }),
    losses: epochs.map(({ loss }) => loss),
    trainAccuracies: epochs.map(({ trainAccuracy }) => trainAccuracy),
    loss: summary!.loss,
    trainAccuracy: summary!.trainAccuracy,
    plateauSteps: plateauSteps(events),
    ...(dead && {
      deadClasses: dead.classes,
      deadHidden: dead.hidden,
      hiddenChannels: dead.hiddenChannels,
    }),
    imagesPerSecond: summary!.examplesPerSecond,
    seconds: summary!.seconds,
    jobs,
  };
};

/** A row as a line of text, without test accuracies where images were held out to choose by. */
export const rowLine = (row: TrialRow): string => {
  const { what, seed, plateauSteps, deadClasses, deadHidden, seconds } = row;
  const accuracies = row.validationAccuracies ?? row.testAccuracies;
  const averages = row.validationAccuracies ? row.averageValidationAccuracies : row.averageTestAccuracies;
  return [
    `${what}, seed ${seed}: ${accuracies.map((accuracy) => accuracy.toFixed(4)).join(" ")}`,
    ...(averages ? [`averaged weights ${averages.at(-1)!.toFixed(4)}`] : []),
    plateauSteps === null ? "never left the plateau" : `left the plateau at step ${plateauSteps}`,
    ...(deadClasses === undefined ? [] : [`dead: ${deadClasses} classes, ${deadHidden} channels`]),
    `${seconds.toFixed(0)} s`,
  ].join(", ");
};

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
