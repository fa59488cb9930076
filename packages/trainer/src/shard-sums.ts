// Sums of a batch's gradients over its shards on all ranks of a group, in one fixed order.
//
// A batch is cut into shards, and every rank computes the same number of adjacent ones. The result of a shard depends on the shard alone, and shards
// are added in pairs, then pairs of pairs and so on. So the bits of a sum depend on the number of shards and not on the number of ranks.
import type { Batch } from "@mlpconv/datasets";
import { hostView, type RunningMean, tf } from "@mlpconv/tensor";
import { disposingTargets, type LossOptions, stepTensors } from "./batch-loss.js";
import { type Group, RanksDifferError, throwIfAnyFailed } from "./group.js";
import { nextTask } from "./next-task.js";
import { add, sumOverRanks } from "./sum-over-ranks.js";
import { lossAndGradients, runningMeansOf, type StepResult, variablesOf } from "./train-step.js";

/** The result of a step, known on all ranks. */
export interface SummedStep extends StepResult {
  /** Gradients by variable name; the caller disposes them. */
  gradients: tf.NamedTensorMap;
  /** The shards' statistics, averaged over the examples; the caller disposes their values. */
  runningMeans: RunningMean[];
  /** Whether any rank asked to stop after this step. */
  stop: boolean;
  /** Whether rank 0 asked for a checkpoint after this step: its clock decides for all ranks. */
  checkpointDue: boolean;
}

/** Requests of a rank after a step. */
export interface Wishes {
  stop: boolean;
  checkpoint: boolean;
}

/** Bits of a rank's status: its failure, and its requests. */
const STOP = 1;
const CHECKPOINT = 2;
const FAILED = 4;
const EXAMPLE = 8;

/** Sums over the shards of one model's batches; the buffers are reused from step to step. */
export class ShardSums {
  readonly #model: tf.LayersModel;
  readonly #group: Group | undefined;
  readonly #shards: number;
  readonly #loss: LossOptions;
  /**
   * Number of values in all variables, trained ones and running means. In the buffer they are followed by the loss, the number of correct predictions,
   * a flag for each variable that has a gradient or a new value, and each rank's status.
   */
  #numbers = 0;
  #spare: Float32Array[] = [];
  #received = new Float32Array(0);
  #whole = new Float32Array(0);
  /** Examples in the batch of this step, as this rank has it. */
  #examples = 0;

  /** @param shards a power of two, a multiple of the group's size */
  constructor(model: tf.LayersModel, group: Group | undefined, shards: number, loss: LossOptions = {}) {
    this.#model = model;
    this.#group = group;
    this.#shards = shards;
    this.#loss = loss;
  }

  /**
   * Computes this rank's shards and returns the sums over all shards.
   *
   * @param next returns this rank's shards, one after another
   * @param step number of steps before it, from which dropout draws its masks
   * @param wishes this rank's requests after this step
   * @throws GroupError on every rank when `next` or the computation failed on one; without a group, the error itself
   */
  async of(next: () => Promise<Batch>, step: number, wishes: Wishes): Promise<SummedStep> {
    const group = this.#group;
    const trained = variablesOf(this.#model);
    const running = runningMeansOf(this.#model);
    const variables = [...trained, ...running.map(({ variable }) => variable)];
    this.#allocate(variables);
    const status = this.#numbers + 2 + variables.length;

    let mine: Float32Array;
    let failure: unknown;
    try {
      mine = await this.#ownShards(next, variables, step);
    } catch (error) {
      if (!group) throw error;
      failure = error ?? new Error("unknown error");
      mine = this.#take().fill(0);
    }
    const asked = (wishes.stop ? STOP : 0) | (wishes.checkpoint ? CHECKPOINT : 0);
    if (group) mine[status + group.rank] = failure === undefined ? asked + EXAMPLE * this.#examples : FAILED;
    const sums = await this.#overRanks(mine);
    const statuses = group ? sums.subarray(status, status + group.size) : Float32Array.of(asked);
    if (group && statuses.includes(FAILED)) await throwIfAnyFailed(group, failure);
    checkSameSize(statuses, step);

    const values = this.#values(sums, variables);
    const runningMeans = running.flatMap((mean): RunningMean[] => {
      const value = values[mean.variable.name];
      // The shards' values are scaled by then.
      return value ? [{ ...mean, value, scale: 1 }] : [];
    });
    for (const { variable } of running) delete values[variable.name];
    const stepSums = {
      loss: sums[this.#numbers]!,
      right: sums[this.#numbers + 1]!,
      gradients: values,
      runningMeans,
      stop: statuses.some((value) => (value & STOP) > 0),
      checkpointDue: (statuses[0]! & CHECKPOINT) > 0,
    };
    this.#spare.push(mine);
    return stepSums;
  }

  #allocate(variables: readonly tf.Variable[]): void {
    const numbers = variables.reduce((sum, { size }) => sum + size, 0);
    if (this.#whole.length > 0 && numbers === this.#numbers) return;
    const ranks = this.#group?.size ?? 1;
    const length = numbers + 2 + variables.length + ranks;
    this.#numbers = numbers;
    // Padded so that each rank gets a part of equal length.
    this.#whole = new Float32Array(Math.ceil(length / ranks) * ranks);
    this.#received = new Float32Array(ranks > 1 ? this.#whole.length : 0);
    this.#spare = [];
  }

  /** A free buffer with arbitrary contents. */
  #take(): Float32Array {
    return this.#spare.pop() ?? new Float32Array(this.#whole.length);
  }

  /** The sum over this rank's shards. Sums of 2, 4, 8 and so on are kept until their neighbours are complete. */
  async #ownShards(
    next: () => Promise<Batch>,
    variables: readonly tf.Variable[],
    step: number,
  ): Promise<Float32Array> {
    const waiting: Float32Array[] = [];
    const shards = this.#shards / (this.#group?.size ?? 1);
    for (let i = 0; i < shards; i++) {
      const batch = await next();
      this.#examples = batch.within!.examples;
      try {
        // A right neighbour is added directly, without a buffer of its own.
        if (i % 2) await this.#shard(batch, variables, step, waiting.at(-1)!, true);
        else waiting.push(await this.#shard(batch, variables, step, this.#take(), false));
      } finally {
        tf.dispose([batch.x, batch.y]);
      }
      for (let n = (i + 1) / 2; n % 2 === 0; n /= 2) {
        const right = waiting.pop()!;
        add(waiting.at(-1)!, right);
        this.#spare.push(right);
      }
      // CPU engines never yield to the event loop: without this, signals and timers would not be handled between shards.
      await nextTask();
    }
    return waiting[0]!;
  }

  /** Computes a shard's gradients and loss, scaled by its share of the batch, and writes them to a buffer or adds them to it. */
  async #shard(
    batch: Batch,
    variables: readonly tf.Variable[],
    step: number,
    values: Float32Array,
    adding: boolean,
  ): Promise<Float32Array> {
    const count = batch.y.shape[0];
    if (count === 0) {
      writeScaled(values, 0, values.length, undefined, 0, adding);
      return values;
    }
    const { first, examples } = batch.within!;
    const share = count / examples;
    const tensors = await stepTensors(this.#model, batch, this.#loss);
    const { loss, right, gradients, runningMeans } = disposingTargets(tensors, () =>
      lossAndGradients(this.#model, tensors, step, first),
    );
    const means = new Map(runningMeans.map((mean) => [mean.variable, mean]));
    try {
      const [[meanLoss], [correct]] = await Promise.all([loss.data(), right.data()]);
      const figures = new Float32Array(values.length - this.#numbers);
      figures[0] = meanLoss! * share;
      figures[1] = correct!;
      let at = 0;
      for (const [i, variable] of variables.entries()) {
        const { name, size } = variable;
        const mean = means.get(variable);
        const value = mean ? mean.value : gradients[name];
        const numbers = value && (hostView(value) ?? (await value.data<"float32">()));
        writeScaled(values, at, size, numbers, share * (mean?.scale ?? 1), adding);
        figures[2 + i] = value ? 1 : 0;
        at += size;
      }
      writeScaled(values, at, figures.length, figures, 1, adding);
      return values;
    } finally {
      tf.dispose([loss, right, gradients, runningMeans.map(({ value }) => value)]);
    }
  }

  /** Sums over ranks: the upper levels of the tree. */
  async #overRanks(mine: Float32Array): Promise<Float32Array> {
    const group = this.#group;
    if (!group || group.size === 1) return mine;
    await sumOverRanks(group, mine, this.#received, this.#whole);
    return this.#whole;
  }

  /** The sums by variable name. */
  #values(sums: Float32Array, variables: readonly tf.Variable[]): tf.NamedTensorMap {
    const values: tf.NamedTensorMap = {};
    let at = 0;
    for (const [i, { name, size, shape }] of variables.entries()) {
      // A copy, because an engine may keep the array.
      if (sums[this.#numbers + 2 + i]! > 0) values[name] = tf.tensor(sums.slice(at, at + size), shape);
      at += size;
    }
    return values;
  }
}

/** @throws RanksDifferError on every rank when one has a batch of another size */
const checkSameSize = (statuses: Float32Array, step: number): void => {
  const [first, ...others] = Array.from(statuses, (status) => Math.floor(status / EXAMPLE));
  const differing = others.findIndex((examples) => examples !== first);
  if (differing < 0) return;
  throw new RanksDifferError(
    differing + 1,
    `train: expected the batch of step ${step + 1} to have ${first} examples on every rank, as on rank 0, got ${others[differing]} on rank ${differing + 1}; ` +
      "give all ranks loaders of the whole data, with the same batches",
  );
};

/**
 * Writes values times a factor, or adds these products to the buffer; missing values count as 0. A product is computed in double precision
 * and rounded to float32, and so is each sum, as if the products had been written first.
 */
const writeScaled = (
  values: Float32Array,
  at: number,
  size: number,
  numbers: Float32Array | undefined,
  factor: number,
  adding: boolean,
): void => {
  if (!numbers) {
    // Adding 0 is not a no-op: it turns -0 into 0.
    if (adding) for (let i = at; i < at + size; i++) values[i] = values[i]! + 0;
    else values.fill(0, at, at + size);
  } else if (adding) {
    for (let i = 0; i < size; i++) values[at + i] = values[at + i]! + Math.fround(numbers[i]! * factor);
  } else {
    for (let i = 0; i < size; i++) values[at + i] = numbers[i]! * factor;
  }
};
