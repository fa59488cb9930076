// The options of `train()`.
import type { Loader } from "@mlpconv/datasets";
import type { Position } from "./events.js";
import type { Group } from "./group.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import type { Schedule } from "./schedules.js";

/** What a training run is made of. */
export interface TrainOptions {
  /** Training batches; the loader's epoch n is the run's epoch n. */
  train: Loader;
  /** Test batches for an evaluation after each epoch. */
  test?: Loader;
  /** The optimiser that updates the weights: `sgd`, `adam`, `adamw`, or your own. */
  optimizer: Optimizer;
  /** Factor of the learning rate at each step. Default: constant. */
  schedule?: Schedule;
  /** Passes over `train`. */
  epochs: number;
  /** How often a `checkpoint` event comes, beside one after each epoch and one when the run is interrupted. Default: none comes. */
  checkpoint?: CheckpointOptions;
  /** Position to go on from; weights and optimiser must be as they were. Default: the beginning. */
  resume?: Position;
  /**
   * How many more steps an engine that records (`webgpu`) may begin before a step's loss is known, so that the GPU does not wait for the host. The
   * weights are then up to so many updates on at a `step` event; at each other event, and after an error, they are those that it speaks of. Default 0.
   */
  maxInFlight?: number;
  /**
   * Number of parts in which each batch is computed and summed: a power of two, at least the group's size. The bits of a run depend on it and not
   * on the group, so that a run of four processes can go on with two. Default: the group's size, or 1.
   */
  shards?: number;
  /**
   * Processes that train this run together. Each builds the same model and gives the same options; each computes its shards of every batch and
   * makes the same updates. A signal on one of them ends training on all after the same step.
   */
  group?: Group;
  /** Signal that ends training after the running steps, with an `end` event that says so; if aborted before the first step, its reason is thrown. */
  signal?: AbortSignal;
}

/** How often to save; with both, whichever comes first. */
export interface CheckpointOptions {
  /** Number of steps between two checkpoints. */
  steps?: number;
  /** Seconds since the last checkpoint after which the running step is followed by one. */
  seconds?: number;
}
