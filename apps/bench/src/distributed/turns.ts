// Training runs in one process that take turns: what disturbs the machine for a while disturbs all of them.
import { type CaseName, cases } from "../cases.js";
import { type TrainStepsOptions, trainSteps } from "../train-steps.js";

/** Time and CPU time of a step, in seconds. */
export interface StepTime {
  seconds: number;
  /** Of all threads of this process. */
  cpuSeconds: number;
}

/** A training run of which a few steps are taken at a time. */
export interface Run {
  /** Takes so many steps and gives the mean of them. */
  turn(steps: number): Promise<StepTime>;
}

/** @param steps how many there will be, all turns together */
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
