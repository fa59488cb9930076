// The learning-rate range test (Smith, 2015): training while the learning rate grows from step to step, until the loss explodes.
import type { Loader } from "@mlpconv/datasets";
import type { tf } from "@mlpconv/tensor";
import { DivergedError, type LossOptions, type Optimizer, train } from "@mlpconv/trainer";

/** A step of the sweep. */
export interface RatePoint {
  /** The learning rate that the step used. */
  learningRate: number;
  /** Loss of the step's batch before its update, in nats. */
  batchLoss: number;
  /** Mean of the losses so far in which older ones count less and less, in nats. */
  loss: number;
}

/** Options of `sweepRates`. */
export interface SweepOptions {
  /** Training batches; as many epochs of them as the steps need. */
  loader: Loader;
  /** Its learning rate is the last one of the sweep. */
  optimizer: Optimizer;
  loss: LossOptions;
  /** Parts in which a batch is computed. */
  shards: number;
  /** The first learning rate. */
  from: number;
  /** Steps from the first learning rate to the last, at least 2. */
  steps: number;
  signal: AbortSignal;
}

/** Weight of the losses before in the mean of each step. */
const memory = 0.9;
/** The sweep ends where the mean loss is this many times its least. */
const explodes = 4;
/** Steps before which it does not end so: the mean is of a few batches, which differ by chance. */
const settles = 1 / (1 - memory);

/**
 * Trains a step with each learning rate, each a constant factor above the one before. Ends early where the loss explodes or is not finite. The model is
 * trained meanwhile: throw it away.
 *
 * @throws the signal's reason when it is aborted
 */
export async function* sweepRates(
  model: tf.LayersModel,
  { loader, optimizer, loss, shards, from, steps, signal }: SweepOptions,
): AsyncGenerator<RatePoint, void, void> {
  const growth = from / optimizer.learningRate;
  const events = train(model, {
    train: loader,
    optimizer,
    loss,
    shards,
    epochs: Math.ceil(steps / loader.batches),
    schedule: (step) => growth ** Math.max(0, 1 - step / (steps - 1)),
    signal,
  });
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  try {
    for await (const event of events) {
      if (event.type !== "step") continue;
      const { step, learningRate, batchLoss } = event;
      sum = memory * sum + (1 - memory) * batchLoss!;
      // The mean begins at 0, which the first few losses do not make up for.
      const mean = sum / (1 - memory ** step);
      yield { learningRate, batchLoss: batchLoss!, loss: mean };
      signal.throwIfAborted();
      least = Math.min(least, mean);
      if (step === steps || (step > settles && mean > explodes * least)) return;
    }
  } catch (error) {
    // A rate that is too high for a finite loss is what the sweep looks for.
    if (!(error instanceof DivergedError)) throw error;
  }
}
