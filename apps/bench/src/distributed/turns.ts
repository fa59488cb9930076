// Training runs in one process that alternate, so that a disturbance of the machine affects all of them.
import { type CaseName, cases } from "../cases.js";
import { type TrainStepsOptions, trainSteps } from "../train-steps.js";

/** Wall-clock time and CPU time of a step, in seconds. */
export interface StepTime {
  seconds: number;
  /** CPU time of all threads of this process. */
  cpuSeconds: number;
}

/** A training run that computes a few steps at a time. */
export interface Run {
  /** Runs this number of steps and returns their mean. */
  turn(steps: number): Promise<StepTime>;
}

/** @param steps total number in all turns */
export const openRun = (
  name: CaseName,
  batch: number,
  steps: number,
  options: TrainStepsOptions = {},
): Run => {
  const run = trainSteps(cases[name], batch, steps, options);
  return {
    async turn(count) {
      let seconds = 0;
      const before = process.cpuUsage();
      for (let i = 0; i < count; i++) {
        const { value, done } = await run.next();
        if (done) throw new RangeError(`bench: expected ${steps} steps in all turns, got more`);
        seconds += value;
      }
      const { user, system } = process.cpuUsage(before);
      return { seconds: seconds / count, cpuSeconds: (user + system) / 1e6 / count };
    },
  };
};
