// An optimiser around another one.
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
