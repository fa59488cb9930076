// Learning-rate schedules: pure functions of the step, multiplied by the optimiser's rate.

/** The factor of the learning rate at `step` (0 is the first) of `totalSteps`. */
export type Schedule = (step: number, totalSteps: number) => number;

/** How a schedule begins. */
export interface WarmupOptions {
  /** Steps in which the rate grows from near 0 to full, along a line; below 1: that share of all steps. Default 0. */
  warmup?: number;
}

/** Grows for `warmup` steps, then follows `rest`, which sees how far it is through what remains, 0 to 1. */
const warmed = (
  where: string,
  warmup: number,
  rest: (progress: number, step: number) => number,
): Schedule => {
  if (!(warmup >= 0 && warmup < Infinity)) {
    throw new RangeError(
      `${where}: expected warmup to be a number of steps or a share below 1, got ${warmup}`,
    );
  }
  return (step, totalSteps) => {
    const steps = warmup < 1 ? Math.round(warmup * totalSteps) : warmup;
    if (step < steps) return (step + 1) / (steps + 1);
    return rest(Math.min(1, (step - steps) / Math.max(1, totalSteps - steps)), step);
  };
};

/** Half a cosine wave from 1 at progress 0 to `end` at progress 1. */
const halfCosine = (progress: number, end: number) =>
  end + (1 - end) * 0.5 * (1 + Math.cos(Math.PI * progress));

/** Always the full rate. */
export const constant = ({ warmup = 0 }: WarmupOptions = {}): Schedule => warmed("constant", warmup, () => 1);

/** Multiplied by `factor` after every `every` steps. */
export const stepDecay = ({
  every,
  factor,
  warmup = 0,
}: WarmupOptions & { every: number; factor: number }): Schedule => {
  if (!(Number.isInteger(every) && every > 0)) {
    throw new RangeError(`stepDecay: expected every to be a positive number of steps, got ${every}`);
  }
  return warmed("stepDecay", warmup, (_, step) => factor ** Math.floor(step / every));
};

/** Falls along half a cosine wave from 1 to `floor` (Loshchilov and Hutter, 2017). */
export const cosine = ({ warmup = 0, floor = 0 }: WarmupOptions & { floor?: number } = {}): Schedule =>
  warmed("cosine", warmup, (progress) => halfCosine(progress, floor));

/** The three corners of `oneCycle`. */
export interface OneCycleOptions {
  /** Share of all steps in which the rate grows. Default 0.3. */
  warmup?: number;
  /** Factor at the first step. Default 1 / 25. */
  start?: number;
  /** Factor at the last step. Default start / 10,000. */
  floor?: number;
}

/** Up along half a cosine wave, then down along another (Smith and Topin, 2018; defaults as PyTorch's `OneCycleLR`). */
export const oneCycle = ({
  warmup = 0.3,
  start = 1 / 25,
  floor = start / 1e4,
}: OneCycleOptions = {}): Schedule => {
  if (!(warmup > 0 && warmup < 1)) {
    throw new RangeError(`oneCycle: expected warmup to be a share between 0 and 1, got ${warmup}`);
  }
  return (step, totalSteps) => {
    const top = warmup * totalSteps - 1;
    const last = totalSteps - 1;
    return step < top
      ? halfCosine(1 - step / top, start)
      : halfCosine(Math.min(1, (step - top) / (last - top)), floor);
  };
};
