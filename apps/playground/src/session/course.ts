// The training of one network from its beginning to its end, in pieces that take no longer than a training step or a batch of test images.
import type { Loader } from "@mlpconv/datasets";
import { lossOf, scheduleOf } from "@mlpconv/runs/recipe";
import type { tf } from "@mlpconv/tensor";
import {
  DivergedError,
  type EpochEvent,
  type Optimizer,
  type StepEvent,
  testImages,
  train,
} from "@mlpconv/trainer";
import type { NetworkSettings } from "./session.js";

/** What a piece of training ended with: a step, an epoch and its test, or the last epoch. */
export type CourseEvent = StepEvent | (EpochEvent & { classAccuracies: readonly number[] }) | { type: "end" };

/** What a course trains. */
export interface CourseOptions {
  model: tf.LayersModel;
  settings: NetworkSettings;
  optimizer: Optimizer;
  train: Loader;
  test: Loader;
  classes: number;
  /** Called before each step. */
  beforeStep: () => void;
  /** Seconds of training so far, without pauses. */
  seconds: () => number;
}

/**
 * Trains to the last epoch; gives undefined after a batch of test images. The figures of an epoch are those that `train` gives with test images; they are counted here, so that
 * a test can be paused, and to know the accuracy of each class.
 */
export async function* course(options: CourseOptions): AsyncGenerator<CourseEvent | undefined, void, void> {
  const { model, settings, optimizer, beforeStep, seconds } = options;
  const events = train(model, {
    train: options.train,
    optimizer,
    schedule: scheduleOf(settings),
    loss: lossOf(settings, { labels: options.train.labels!, classes: options.classes }),
    epochs: settings.epochs,
    shards: settings.shards,
  });
  let stepIsNext = false;
  try {
    for (;;) {
      if (stepIsNext) beforeStep();
      const { value: event } = await events.next();
      if (!event) return;
      stepIsNext = false;
      if (event.type === "start") {
        stepIsNext = true;
      } else if (event.type === "step") {
        stepIsNext = event.stepInEpoch < options.train.batches;
        yield event;
      } else if (event.type === "epoch") {
        const counts = new ClassCounts(options.classes);
        // As `train` does, without an error of the pass itself: the error names the step.
        for await (const batch of testImages(model, options.test, { where: "train", finite: false })) {
          counts.add(batch);
          yield undefined;
        }
        const testLoss = counts.loss();
        if (!Number.isFinite(testLoss)) {
          const what = `expected a finite test loss, got ${testLoss} after step ${event.step}`;
          throw new DivergedError(event.epoch, event.step, testLoss, optimizer.learningRate, what);
        }
        stepIsNext = event.epoch < settings.epochs;
        const classAccuracies = counts.accuracies();
        yield { ...event, testAccuracy: counts.accuracy(), testLoss, classAccuracies, seconds: seconds() };
      } else if (event.type === "end") {
        yield { type: "end" };
      }
    }
  } finally {
    await events.return();
  }
}

/** Counts the test images of each class, and those that are classified right. */
class ClassCounts {
  readonly #right: number[];
  readonly #all: number[];
  #lossSum = 0;

  constructor(classes: number) {
    this.#right = new Array(classes).fill(0);
    this.#all = new Array(classes).fill(0);
  }

  add({ labels, predicted, lossSum }: { labels: Int32Array; predicted: Int32Array; lossSum: number }): void {
    this.#lossSum += lossSum;
    for (const [i, label] of labels.entries()) {
      this.#all[label]!++;
      if (predicted[i] === label) this.#right[label]!++;
    }
  }

  loss(): number {
    return this.#lossSum / sum(this.#all);
  }

  accuracy(): number {
    return sum(this.#right) / sum(this.#all);
  }

  /** Accuracy of each class; 0 for a class without test images. */
  accuracies(): number[] {
    return this.#right.map((right, i) => right / Math.max(1, this.#all[i]!));
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
