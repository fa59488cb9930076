// What the training loop asks of an optimiser.
import type { tf } from "@mlpconv/tensor";

/** Changes weights by their gradients; owns what it remembers from step to step (momentum, moments). */
export interface Optimizer {
  /** The rate that a schedule's factors multiply. */
  readonly learningRate: number;
  /**
   * One update of each variable, in place.
   *
   * @param gradients by variable name, as `tf.variableGrads` gives them
   * @param learningRate of this step
   */
  update(variables: readonly tf.Variable[], gradients: tf.NamedTensorMap, learningRate: number): void;
  /** Frees what it remembers. */
  dispose(): void;
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
