// The interface between the training loop and an optimiser.
import type { ReplayAttributes, tf } from "@mlpconv/tensor";

/**
 * Updates weights from their gradients and owns its state (momentum, moments). A step whose loss is not finite is not counted and changes
 * nothing.
 *
 * `learningRate`, `step`, `update`, `state` and `dispose` are required: `update` may use any tfjs operation, and every engine runs it at each step.
 * With `replayAttributes`, an engine that records (`webgpu`) runs `update` once and replays its commands. Then `update` must do the same
 * operations at each step, write variables only with `sgdStep`, `adamStep` and `moveTowards` of @mlpconv/tensor, and pass everything that changes
 * from step to step as attributes of the first two. An update that reads another number from the host is not recorded.
 */
export interface Optimizer {
  /** Base learning rate, which the schedule's factor multiplies. */
  readonly learningRate: number;
  /** Number of updates so far, counted by `update`. To continue from saved state, set it, and `counts` if present. */
  step: number;
  /** Number of updates of each variable, if the next update depends on it (Adam's bias correction). */
  readonly counts?: UpdateCounts;
  /**
   * One update of each variable, in place.
   *
   * @param gradients by variable name, as from `tf.variableGrads`; a variable without a gradient is unchanged
   * @param learningRate of this step, schedule included
   */
  update(variables: readonly tf.Variable[], gradients: tf.NamedTensorMap, learningRate: number): void;
  /**
   * Counts an update that the engine replays without calling `update`, and returns the attributes of `SgdStep` and `AdamStep` that `update` would
   * have passed. An optimiser without this method is never recorded.
   *
   * @param learningRate of this step, schedule included
   * @param variables of the recorded update; all must have the same count
   */
  replayAttributes?(learningRate: number, variables: readonly tf.Variable[]): ReplayAttributes;
  /**
   * The optimiser's state by name (`velocity` of SGD with momentum; `mean` and `square` of Adam): one tensor for each variable that has such a state, in
   * their order.
   * The tensors are the optimiser's own and zero before the first update: read them to save them, assign to them to continue. Checkpoints hold them.
   */
  state(variables: readonly tf.Variable[]): Record<string, tf.Variable[]>;
  /** Averages of the variables over the updates so far, in their order, if the optimiser keeps some; `train` tests them too. */
  averages?(variables: readonly tf.Variable[]): tf.Variable[];
  /** Frees the state and starts again from step 0. */
  dispose(): void;
}

/** Number of updates of each variable; a variable that is added later starts from 0. */
export interface UpdateCounts {
  /** Counts of the given variables, in their order. */
  get(variables: readonly tf.Variable[]): number[];
  /** Sets the counts, to continue from saved state. */
  set(variables: readonly tf.Variable[], counts: readonly number[]): void;
}

/** Throws one error that lists all options of an optimiser that are out of range. */
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

/** The variables with their gradients. One on which the loss does not depend has none: it is left out and stays unchanged, as in PyTorch. */
export const withGradients = (
  variables: readonly tf.Variable[],
  gradients: tf.NamedTensorMap,
): [variable: tf.Variable, gradient: tf.Tensor][] =>
  variables.flatMap((variable) => {
    const gradient = gradients[variable.name];
    return gradient ? [[variable, gradient]] : [];
  });

/** Whether weight decay applies: to weights, not to biases (vectors). */
export const decays = (variable: tf.Variable): boolean => variable.rank > 1;
