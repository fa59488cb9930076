// The training loop, as a generator of events: progress bars, logs and early stopping are ordinary `for await` code.
import type { Loader } from "@mlpconv/datasets";
import { tf } from "@mlpconv/tensor";
import { checkBatch, checkEpoch, checkOptions, checkRate, nonFiniteWeight } from "./checks.js";
import { type Evaluation, testFigures } from "./evaluate.js";
import type { CheckpointEvent, EndEvent, Position, Progress, StepEvent, TrainEvent } from "./events.js";
import { variablesOf } from "./gradients.js";
import { Meter } from "./metrics.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import { constant, type Schedule } from "./schedules.js";
import { Steps } from "./step.js";
import { Underway } from "./underway.js";

/** What a training run is made of. */
export interface TrainOptions {
  /** What to learn from; its epoch n is the run's epoch n. */
  train: Loader;
  /** What to be tested on after each epoch. */
  test?: Loader;
  /** Who changes the weights: `sgd`, `adam`, `adamw`. */
  optimizer: Optimizer;
  /** Default: constant. */
  schedule?: Schedule;
  /** Passes over `train`. */
  epochs: number;
  /** How often a `checkpoint` event comes, beside one after each epoch and one when the run is interrupted. Default: none comes. */
  checkpoint?: CheckpointOptions;
  /** Goes on from here; weights and optimiser must be as they were. Default: the beginning. */
  resume?: Position;
  /**
   * How many more steps an engine that records (`webgpu`) may begin before a step's loss is known, so that it does not wait for the host. The weights
   * are then up to so many updates on at a `step` event; at each other event, and after an error, they are those that it speaks of. Default 0.
   */
  ahead?: number;
  /** When aborted, training ends after the running steps, with an `end` event that says so; if before the first, the signal's reason is thrown. */
  signal?: AbortSignal;
}

/** How often to save; with both, whichever comes first. */
export interface CheckpointOptions {
  /** After each so many steps. */
  steps?: number;
  /** After the step that runs when so many seconds have passed since the last one. */
  seconds?: number;
}

/**
 * The loss or a weight became infinite or not a number. After a loss, the weights are those before the step that showed it; a weight is
 * looked for before each checkpoint and at each epoch's end, before either is told of.
 */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
  constructor(
    /** In which it happened, from 1. */
    readonly epoch: number,
    /** The update that was not made, counted from 1; of a weight or a test loss, the last one that was made. */
    readonly step: number,
    /** Infinity or NaN; of a weight, NaN. */
    readonly loss: number,
    learningRate: number,
    /** What was not finite. Default: the step's loss. */
    what = `expected a finite loss, got ${loss} at step ${step}`,
  ) {
    super(
      `train: ${what} (epoch ${epoch}, learning rate ${learningRate}); ` +
        "try a tenth of the learning rate, a warm-up, or check the inputs for values that are not numbers",
    );
  }
}

/**
 * Trains a classifier whose output is logits, [batch, classes], by cross-entropy.
 *
 * @throws RangeError for options that cannot be, Error for data that do not fit the model, DivergedError when the loss or a weight is not finite
 */
export async function* train(
  model: tf.LayersModel,
  options: TrainOptions,
): AsyncGenerator<TrainEvent, void, void> {
  checkOptions(model, options);
  options.signal?.throwIfAborted();
  const steps = new Steps(model, options.optimizer);
  try {
    yield* run(model, options, steps);
  } finally {
    steps.dispose();
  }
}

async function* run(
  model: tf.LayersModel,
  options: TrainOptions,
  steps: Steps,
): AsyncGenerator<TrainEvent, void, void> {
  const {
    train: loader,
    test,
    optimizer,
    schedule = constant(),
    epochs,
    ahead = 0,
    signal,
    resume,
  } = options;
  const began = performance.now();
  const seconds = () => (resume?.seconds ?? 0) + (performance.now() - began) / 1000;
  const totalSteps = epochs * loader.batches;
  if (!resume) {
    yield {
      type: "start",
      epochs,
      stepsPerEpoch: loader.batches,
      examples: loader.examples,
      parameters: variablesOf(model).reduce((sum, { size }) => sum + size, 0),
    };
    signal?.throwIfAborted();
  }

  const wholeRun = new Meter(resume?.runSums);
  let step = resume?.step ?? 0;
  let stepInEpoch = resume?.stepInEpoch ?? 0;
  let meter = new Meter(resume?.epochSums);
  let last = resume?.last;
  let rate = optimizer.learningRate;
  let interrupted = false;
  const underway = new Underway();
  const due = alarm(options.checkpoint);
  const checkpoint = (): CheckpointEvent => ({
    type: "checkpoint",
    position: {
      step,
      epochs: last?.epoch ?? 0,
      stepInEpoch,
      epochSums: meter.sums(),
      runSums: wholeRun.sums(),
      seconds: seconds(),
      ...(last && { last }),
    },
  });
  const checkWeights = async (epoch: number): Promise<void> => {
    const found = await nonFiniteWeight(model);
    if (!found) return;
    const what = `expected finite weights, got ${found} ${step === 0 ? "before the first step" : `after step ${step}`}`;
    throw new DivergedError(epoch, step, Number.NaN, rate, what);
  };
  await checkWeights((last?.epoch ?? 0) + 1);
  let end = last;
  for (let epoch = (last?.epoch ?? 0) + 1; epoch <= epochs && !interrupted; epoch++) {
    const progress = (): Progress => ({ epoch, step, ...meter.means() });
    /** Tells of the oldest steps until only `most` are under way. */
    const settle = async function* (most: number): AsyncGenerator<StepEvent, void, void> {
      for await (const { examples, learningRate, loss, right, seconds: taken } of underway.settle(most)) {
        for (const each of [meter, wholeRun]) each.add(examples, loss, right, taken);
        step++;
        if (!Number.isFinite(loss)) {
          // The steps behind it change nothing; once their losses are known, the optimiser does not count them either.
          await underway.drain();
          throw new DivergedError(epoch, step, loss, learningRate);
        }
        yield { type: "step", ...progress(), stepInEpoch: ++stepInEpoch, learningRate };
      }
    };

    for await (const batch of loader.epoch(epoch - 1, stepInEpoch)) {
      let next: number;
      let most: number;
      try {
        await checkBatch("train", model, batch, stepInEpoch + underway.count);
        most = steps.repeats(batch) ? ahead : 0;
        yield* settle(most);
        next = step + underway.count;
        const learningRate = optimizer.learningRate * schedule(next, totalSteps);
        checkRate(learningRate, next + 1);
        rate = learningRate;
        await underway.begin({ examples: batch.y.shape[0], learningRate }, () =>
          steps.begin(batch, learningRate, next),
        );
      } finally {
        tf.dispose([batch.x, batch.y]);
      }
      const save = due(next + 1);
      yield* settle(save ? 0 : most);
      if (save) {
        await checkWeights(epoch);
        yield checkpoint();
      }
      // Engines on the CPU never wait: without this, signals and timers would not get a turn.
      await tf.nextFrame();
      if (signal?.aborted) break;
    }
    yield* settle(0);
    await checkWeights(epoch);
    if (!signal?.aborted) checkEpoch(epoch, loader, stepInEpoch);

    const tested = test && !signal?.aborted ? await evaluateUnlessAborted(model, test, signal) : undefined;
    if (tested && !Number.isFinite(tested.loss)) {
      const what = `expected a finite test loss, got ${tested.loss} after step ${step}`;
      throw new DivergedError(epoch, step, tested.loss, rate, what);
    }
    interrupted = stepInEpoch < loader.batches || (test !== undefined && !tested);
    end = {
      type: "epoch",
      ...progress(),
      ...(tested && { testAccuracy: tested.accuracy, testLoss: tested.loss }),
      seconds: seconds(),
    };
    if (!interrupted) {
      last = end;
      meter = new Meter();
      stepInEpoch = 0;
      yield last;
      interrupted = epoch < epochs && signal?.aborted === true;
    }
    if (options.checkpoint) yield checkpoint();
  }
  const { examplesPerSecond } = wholeRun.means();
  yield { ...end!, type: "end", examplesPerSecond, seconds: seconds(), interrupted };
}

/** Whether a checkpoint is due after a step. */
const alarm = ({ steps = Infinity, seconds = Infinity }: CheckpointOptions = {}) => {
  let saved = performance.now();
  return (step: number): boolean => {
    const now = performance.now();
    if (step % steps !== 0 && now - saved < seconds * 1000) return false;
    saved = now;
    return true;
  };
};

const evaluateUnlessAborted = async (
  model: tf.LayersModel,
  test: Loader,
  signal: AbortSignal | undefined,
): Promise<Evaluation | undefined> => {
  try {
    return await testFigures(model, test, signal ? { signal } : {});
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
};

/** Trains to the end and gives the last event: `train()` for whoever does not want to watch, with `ahead` 4 by default. */
export const fit = async (model: tf.LayersModel, options: TrainOptions): Promise<EndEvent> => {
  let last: TrainEvent | undefined;
  for await (const event of train(model, { ahead: 4, ...options })) last = event;
  return last as EndEvent;
};
