// The contract between the training loop and an optimiser.
import type { ReplayAttributes, tf } from "@mlpconv/tensor";

/**
 * Changes weights by their gradients, and owns what it remembers from step to step (momentum, moments). A step whose loss is not finite is not
 * counted and changes nothing.
 *
 * `learningRate`, `step`, `update`, `state` and `dispose` are enough: `update` may use any tfjs operation, and every engine runs it at each step.
 * With `replayAttributes` an engine that records (`webgpu`) runs `update` once and repeats its commands. Then `update` must do the same
 * operations at each step, write variables with `sgdStep` and `adamStep` of @mlpconv/tensor alone, and take what changes from step to step from
 * nowhere but the attributes of these two. An update that takes another number from the host is not recorded.
 */
export interface Optimizer {
  /** The rate that a schedule's factors multiply. */
  readonly learningRate: number;
  /** Number of updates so far, which `update` counts; to go on from saved state, set it, and `counts` where there are some. */
  step: number;
  /** Number of updates that each variable has had, where the next one depends on it (Adam's bias correction). */
  readonly counts?: UpdateCounts;
  /**
   * One update of each variable, in place.
   *
   * @param gradients by variable name, as `tf.variableGrads` gives them: a variable without one stays as it is
   * @param learningRate of this step
   */
  update(variables: readonly tf.Variable[], gradients: tf.NamedTensorMap, learningRate: number): void;
  /**
   * Counts an update that the engine repeats without calling `update`, and gives the attributes of `SgdStep` and `AdamStep` that `update` would
   * have given them. An optimiser without it is never recorded.
   *
   * @param learningRate of this step
   * @param variables those of the recorded update; all of them with the same count
   */
  replayAttributes?(learningRate: number, variables: readonly tf.Variable[]): ReplayAttributes;
  /**
   * What it remembers, by name (`velocity` of SGD with momentum; `mean` and `square` of Adam): one tensor for each variable, in their order.
   * They are the optimiser's own, zero before the first update: read them to save them, assign to them to go on. A checkpoint holds them.
   */
  state(variables: readonly tf.Variable[]): Record<string, tf.Variable[]>;
  /** Frees what it remembers and starts again from step 0. */
  dispose(): void;
}

/** Updates by variable: a variable that joins late starts from 0, whatever the others have behind them. */
export interface UpdateCounts {
  /** The counts of these variables, in their order. */
  get(variables: readonly tf.Variable[]): number[];
  /** Sets them, to go on from saved state. */
  set(variables: readonly tf.Variable[], counts: readonly number[]): void;
}

/** Collects what is wrong with an optimiser's numbers into one error. */
export const checkNumbers = (
  where: string,
  numbers: Record<string, [value: number, from: number, below: number]>,
): void => {
  const wrong = Object.entries(numbers)
    .filter(([, [value, from, below]]) => !(value >= from && value < below))
    .map(
      ([name, [value, from, below]]) =>
        `expected ${name} to be at least ${from}${below === Infinity ? " and finite" : ` and below ${below}`}, got ${value}`,
    );
  if (wrong.length > 0) throw new RangeError(`${where}: ${wrong.join("; ")}`);
};

/** Weight decay is for weights alone: biases (vectors) are left as they are. */
export const decays = (variable: tf.Variable): boolean => variable.rank > 1;
