// An optimiser around another one.
import type { tf } from "@mlpconv/tensor";
import type { Optimizer } from "./optimizer.js";

/** The inner optimiser with some members replaced: its rate, position, counts and state stay its own. */
export const around = (
  inner: Optimizer,
  own: Pick<Optimizer, "update"> & Partial<Pick<Optimizer, "state" | "dispose" | "averages">>,
): Optimizer => ({
  learningRate: inner.learningRate,
  get step() {
    return inner.step;
  },
  set step(step) {
    inner.step = step;
  },
  ...(inner.counts && { counts: inner.counts }),
  ...(inner.averages && { averages: inner.averages }),
  state: (variables) => inner.state(variables),
  dispose: () => inner.dispose(),
  ...own,
});

/** The outer optimiser, recorded where the inner one is, with its attributes: for one that adds only the same operations to each step. */
export const replayedAs = (inner: Optimizer, outer: Optimizer): Optimizer =>
  inner.replayAttributes
    ? Object.assign(outer, {
        replayAttributes: (rate: number, variables: readonly tf.Variable[]) =>
          inner.replayAttributes!(rate, variables),
      })
    : outer;
