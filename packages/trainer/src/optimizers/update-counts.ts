// Number of updates of each variable.
import type { tf } from "@mlpconv/tensor";
import type { UpdateCounts } from "./optimizer.js";

export interface Counter extends UpdateCounts {
  /** Counts an update and returns its number, from 1. */
  next(variable: tf.Variable): number;
  clear(): void;
}

export const updateCounts = (): Counter => {
  const counts = new Map<tf.Variable, number>();
  const of = (variable: tf.Variable) => counts.get(variable) ?? 0;
  return {
    get: (variables) => variables.map(of),
    set: (variables, values) => {
      for (const [i, variable] of variables.entries()) counts.set(variable, values[i] ?? 0);
    },
    next: (variable) => {
      const count = of(variable) + 1;
      counts.set(variable, count);
      return count;
    },
    clear: () => counts.clear(),
  };
};
