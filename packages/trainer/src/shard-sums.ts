// The gradients of a batch, summed over its shards on all ranks of a group in one fixed order.
//
// A batch is cut into shards, of which every rank computes as many, side by side. What a shard gives depends on the shard alone, and shards are
// added in pairs, pairs of pairs and so on. So the bits of a sum depend on the number of shards and not on how many ranks shared the work.
import type { Batch } from "@mlpconv/datasets";
import { hostView, tf } from "@mlpconv/tensor";
import { type Group, throwIfAnyFailed } from "./group.js";
import { add, sumOverRanks } from "./sum-over-ranks.js";
import { lossAndGradients, type StepResult, variablesOf } from "./train-step.js";

/** What all ranks know after the sums of a step. */
export interface SummedStep extends StepResult {
  /** By the variable's name; to be disposed. */
  gradients: tf.NamedTensorMap;
  /** Whether any rank asked to stop after this step. */
  stop: boolean;
}

/** How a rank came out of its part of a step. */
const OK = 0;
const STOP = 1;
const FAILED = 2;

/** Sums over the shards of one model's batches; the buffers are kept from step to step. */
export class ShardSums {
  readonly #model: tf.LayersModel;
  readonly #group: Group | undefined;
  readonly #shards: number;
  /** Numbers in the variables; behind them are the loss, the right answers, whether each variable has a gradient, and each rank's status. */
  #numbers = 0;
  #spare: Float32Array[] = [];
  #received = new Float32Array(0);
  #whole = new Float32Array(0);

  /** @param shards a power of two, a multiple of the group's size */
  constructor(model: tf.LayersModel, group: Group | undefined, shards: number) {
    this.#model = model;
    this.#group = group;
    this.#shards = shards;
  }

  /**
   * Computes this rank's shards and gives the sums over all.
   *
   * @param next gives this rank's shards, one after another
   * @param step how many came before; dropout draws its masks by it
   * @param stopping whether this rank asks all to stop after this step
   * @throws GroupError on every rank when `next` or the computation failed on one; without a group, the error itself
   */
  async of(next: () => Promise<Batch>, step: number, stopping: boolean): Promise<SummedStep> {
    const group = this.#group;
    const variables = variablesOf(this.#model);
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
    if (group) mine[status + group.rank] = failure !== undefined ? FAILED : stopping ? STOP : OK;
    const sums = await this.#overRanks(mine);
    const statuses = sums.subarray(status, status + (group?.size ?? 0));
    if (group && statuses.includes(FAILED)) await throwIfAnyFailed(group, failure);

    const stepSums = {
      loss: sums[this.#numbers]!,
      right: sums[this.#numbers + 1]!,
      gradients: this.#gradients(sums, variables),
      stop: group ? statuses.includes(STOP) : stopping,
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
    // A part of equal length for each rank.
    this.#whole = new Float32Array(Math.ceil(length / ranks) * ranks);
    this.#received = new Float32Array(ranks > 1 ? this.#whole.length : 0);
    this.#spare = [];
  }

  /** A buffer of any numbers. */
  #take(): Float32Array {
    return this.#spare.pop() ?? new Float32Array(this.#whole.length);
  }

  /** The sum over this rank's shards: sums of 2, 4, 8 and so on wait for their neighbours. */
  async #ownShards(
    next: () => Promise<Batch>,
    variables: readonly tf.Variable[],
    step: number,
  ): Promise<Float32Array> {
    const waiting: Float32Array[] = [];
    const shards = this.#shards / (this.#group?.size ?? 1);
    for (let i = 0; i < shards; i++) {
      const batch = await next();
      try {
        // A right neighbour is added at once, without a buffer of its own.
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
      // Engines on the CPU never wait: without this, signals and timers would not get a turn between shards.
      await tf.nextFrame();
    }
    return waiting[0]!;
  }

  /** A shard's gradients and loss, times its share of the batch: written to a buffer, or added to what is there. */
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
    const { loss, right, gradients } = lossAndGradients(this.#model, batch, step, first);
    try {
      const [[meanLoss], [correct]] = await Promise.all([loss.data(), right.data()]);
      const figures = new Float32Array(values.length - this.#numbers);
      figures[0] = meanLoss! * share;
      figures[1] = correct!;
      let at = 0;
      for (const [i, { name, size }] of variables.entries()) {
        const gradient = gradients[name];
        const numbers = gradient && (hostView(gradient) ?? (await gradient.data<"float32">()));
        writeScaled(values, at, size, numbers, share, adding);
        figures[2 + i] = gradient ? 1 : 0;
        at += size;
      }
      writeScaled(values, at, figures.length, figures, 1, adding);
      return values;
    } finally {
      tf.dispose([loss, right, gradients]);
    }
  }

  /** The upper levels of the tree. */
  async #overRanks(mine: Float32Array): Promise<Float32Array> {
    const group = this.#group;
    if (!group || group.size === 1) return mine;
    await sumOverRanks(group, mine, this.#received, this.#whole);
    return this.#whole;
  }

  #gradients(sums: Float32Array, variables: readonly tf.Variable[]): tf.NamedTensorMap {
    const gradients: tf.NamedTensorMap = {};
    let at = 0;
    for (const [i, { name, size, shape }] of variables.entries()) {
      // A copy: an engine may keep the array that it is given.
      if (sums[this.#numbers + 2 + i]! > 0) gradients[name] = tf.tensor(sums.slice(at, at + size), shape);
      at += size;
    }
    return gradients;
  }
}

/**
 * Writes numbers times a factor, or adds these products to what is there; without numbers they are 0. A product is computed in double precision
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
    // A sum with 0 is no copy: it turns -0 into 0.
    if (adding) for (let i = at; i < at + size; i++) values[i] = values[i]! + 0;
    else values.fill(0, at, at + size);
  } else if (adding) {
    for (let i = 0; i < size; i++) values[at + i] = values[at + i]! + Math.fround(numbers[i]! * factor);
  } else {
    for (let i = 0; i < size; i++) values[at + i] = numbers[i]! * factor;
  }
};
