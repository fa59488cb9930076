// Trains by a trial's settings and measures statistics of the layers on the way.
import { type Dataset, loader } from "@mlpconv/datasets";
import { buildModel, loaderOptions, lossOf, optimizerOf, scheduleOf } from "@mlpconv/runs/recipe";
import { type StepEvent, train } from "@mlpconv/trainer";
import type { Trial } from "../recipe/experiments.js";
import { plateauSteps } from "../recipe/trial-row.js";
import { trialSettings } from "../recipe/trial-settings.js";
import { convolutionsOf, type LayerStatistics, layerStatistics } from "./layer-statistics.js";

/** What was measured after a step. */
export interface Moment extends LayerStatistics {
  /** Number of steps before it. */
  step: number;
  /** Mean loss of the steps since the last measurement, with dropout, in nats; null before the first step. */
  loss: number | null;
}

/** A run, as far as it was watched. */
export interface Watched {
  /** Steps until the loss fell below that of guessing; null if it did not. */
  plateauSteps: number | null;
  /** Names of the convolutions that the statistics are of. */
  layers: string[];
  moments: Moment[];
}

export interface WatchOptions {
  /** Most steps to train. */
  steps: number;
  /** Number of test images on which statistics are measured. */
  images: number;
}

/** Steps that are watched after a run has begun to learn. */
const stepsAfter = 100;

/** Whether to measure after so many steps: often at first, then each 25. */
export const isMoment = (step: number): boolean =>
  step <= 4 || (step <= 12 && step % 4 === 0) || step % 25 === 0;

/** The model of a trial before training, and the images on which it is measured. */
const startOf = async (trial: Trial, seed: number, data: Dataset, images: number) => {
  const settings = { ...trialSettings(trial), seed };
  const options = loaderOptions(settings, data);
  const model = buildModel(settings, data);
  const probe = loader(data.test, { ...options.test, batchSize: images, limit: images });
  const layers = convolutionsOf(model).map(({ name }) => name);
  const first: Moment = { step: 0, loss: null, ...(await layerStatistics(model, probe)) };
  return { settings, options, model, probe, layers, first };
};

/** Statistics before training alone. */
export const measureStart = async (
  trial: Trial,
  seed: number,
  data: Dataset,
  images: number,
): Promise<Omit<Watched, "plateauSteps">> => {
  const { model, layers, first } = await startOf(trial, seed, data, images);
  model.dispose();
  return { layers, moments: [first] };
};

/** Trains until `stepsAfter` steps after the run has begun to learn, until all class maps are dead, or for `steps` steps. */
export const watchTraining = async (
  trial: Trial,
  seed: number,
  data: Dataset,
  { steps, images }: WatchOptions,
): Promise<Watched> => {
  const { settings, options, model, probe, layers, first } = await startOf(trial, seed, data, images);
  const moments = [first];
  const events: StepEvent[] = [];
  const losses: number[] = [];
  const { train: split } = data;
  const training = train(model, {
    train: loader(split, options.train),
    optimizer: optimizerOf(settings),
    schedule: scheduleOf(settings),
    loss: lossOf(settings, { labels: split.labels, classes: data.classes.length }),
    epochs: settings.epochs,
  });
  for await (const event of training) {
    if (event.type !== "step") continue;
    events.push(event);
    // Optional in old logs alone.
    losses.push(event.batchLoss!);
    const { step } = event;
    if (!isMoment(step) && step < steps) continue;
    const statistics = await layerStatistics(model, probe);
    const loss = losses.reduce((sum, each) => sum + each, 0) / losses.length;
    moments.push({ step, loss, ...statistics });
    losses.length = 0;
    const learned = plateauSteps(events);
    const isOver = learned !== null && step >= learned + stepsAfter;
    if (isOver || statistics.dead.at(-1) === 1 || step >= steps) break;
  }
  model.dispose();
  return { plateauSteps: plateauSteps(events), layers, moments };
};
