// The options of `train()`.
import type { Loader } from "@mlpconv/datasets";
import type { LossOptions } from "./batch-loss.js";
import type { Position } from "./events.js";
import type { Group } from "./group.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import type { PlateauOptions } from "./plateau.js";
import type { Schedule } from "./schedules.js";
import type { StopRule } from "./stop-rule.js";

/** Options of `train`. */
export interface TrainOptions {
  /** Training batches; the loader's epoch n is the run's epoch n. */
  train: Loader;
  /** Test batches for an evaluation after each epoch. */
  test?: Loader;
  /** Examples that are held out from `train`, for an evaluation after each epoch by which choices are made, so that `test` is not used for them. */
  validation?: Loader;
  /** Whether `test` is evaluated after the last epoch alone, also where `stopWhen` makes it the last; with `validation`. Default false. */
  testOnce?: boolean;
  /** Optimiser that updates the weights: `sgd`, `adam`, `adamw`, or your own. */
  optimizer: Optimizer;
  /** How the loss differs from the mean cross-entropy. Default: not at all. */
  loss?: LossOptions;
  /** Factor of the learning rate at each step. Default: constant. */
  schedule?: Schedule;
  /** Lets the learning rate fall when the accuracy has stopped rising, in addition to the schedule. Default: it does not. */
  plateau?: PlateauOptions;
  /** Number of passes over `train`. */
  epochs: number;
  /** Ends training before that, such as `earlyStopping(5)`; asked after each epoch but the last. In a group rank 0's answer counts. Default: never. */
  stopWhen?: StopRule;
  /**
   * Epoch after which training is interrupted, to be continued later: with an `end` event marked as interrupted. The schedule is still that of all epochs.
   * Default: it is not.
   */
  untilEpoch?: number;
  /** How often a `checkpoint` event comes, in addition to those after each epoch and at an interruption. Default: no checkpoint events. */
  checkpoint?: CheckpointOptions;
  /** Position to continue from; weights and optimiser must be restored already. Default: the beginning. */
  resume?: Position;
  /**
   * Number of further steps that an engine that records (`webgpu`) may start before a step's loss is known, so that the GPU does not wait for the
   * host. At a `step` event the weights may then be that many updates later; at every other event, and after an error, they are exact. Default 0.
   */
  maxInFlight?: number;
  /**
   * Number of parts in which each batch is computed and summed: a power of two, at least the group's size. The bits of a run depend on it but not
   * on the group's size, so that a run of four processes can continue with two. Default: the group's size, or 1.
   */
  shards?: number;
  /**
   * Processes that train this run together. Each builds the same model, passes the same options, computes its shards of every batch and
   * makes the same updates. A signal on one of them ends training on all after the same step.
   */
  group?: Group;
  /**
   * Signal that ends training after the running steps, with an `end` event marked as interrupted. If aborted before the first step, its reason is
   * thrown.
   */
  signal?: AbortSignal;
}

/** Interval between checkpoints; with both options, whichever comes first. */
export interface CheckpointOptions {
  /** Number of steps between two checkpoints. */
  steps?: number;
  /** Seconds since the last checkpoint; the next one follows the step that is running then. */
  seconds?: number;
}
