// Learning-rate schedules: pure functions of the step. Their factor multiplies the optimiser's learning rate.

/** The factor of the learning rate at `step` (from 0) of `totalSteps`. */
export type Schedule = (step: number, totalSteps: number) => number;

/** Options that all schedules share. */
export interface WarmupOptions {
  /** Steps in which the rate grows linearly from near 0 to full; below 1, the share of all steps. Default 0. */
  warmup?: number;
}

/** Grows linearly for `warmup` steps, then follows `rest`, a function of the progress through the remaining steps, 0 to 1. */
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

/** A constant rate, after a warmup if given. */
export const constant = ({ warmup = 0 }: WarmupOptions = {}): Schedule => warmed("constant", warmup, () => 1);

/** Multiplies the rate by `factor` after every `every` steps. */
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

/** Falls as a power of the remaining share of steps: 1 - progress to this power. Default 1, a straight line. */
export const polynomial = ({ warmup = 0, power = 1 }: WarmupOptions & { power?: number } = {}): Schedule => {
  if (!(power > 0 && power < Infinity))
    throw new RangeError(`polynomial: expected power to be above 0 and finite, got ${power}`);
  return warmed("polynomial", warmup, (progress) => (1 - progress) ** power);
};

/** Options of `warmRestarts`. */
export interface WarmRestartsOptions extends WarmupOptions {
  /** Number of cycles. */
  cycles: number;
  /** Length of a cycle as a multiple of the one before it. Default 1. */
  stretch?: number;
  /** Factor at the end of each cycle. Default 0. */
  floor?: number;
}

/** Cycles of half a cosine wave, each of which starts again from the full rate (SGDR: Loshchilov and Hutter, 2017). */
export const warmRestarts = ({
  warmup = 0,
  cycles,
  stretch = 1,
  floor = 0,
}: WarmRestartsOptions): Schedule => {
  if (!(Number.isInteger(cycles) && cycles > 0))
    throw new RangeError(`warmRestarts: expected cycles to be a positive whole number, got ${cycles}`);
  if (!(stretch >= 1 && stretch < Infinity))
    throw new RangeError(`warmRestarts: expected stretch to be at least 1 and finite, got ${stretch}`);
  const lengths = Array.from({ length: cycles }, (_, i) => stretch ** i);
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  return warmed("warmRestarts", warmup, (progress) => {
    let rest = progress * whole;
    const cycle = lengths.findIndex((length) => {
      // Sums of products may miss a cycle's end by their rounding.
      if (rest < length * (1 - 1e-9)) return true;
      rest -= length;
      return false;
    });
    return cycle < 0 ? floor : halfCosine(Math.max(0, rest) / lengths[cycle]!, floor);
  });
};

/** Options of `oneCycle`. */
export interface OneCycleOptions {
  /** Share of all steps in which the rate grows. Default 0.3. */
  warmup?: number;
  /** Factor at the first step. Default 1 / 25. */
  start?: number;
  /** Factor at the last step. Default start / 10,000. */
  floor?: number;
}

/** Rises along half a cosine wave, then falls along another (Smith and Topin, 2018; defaults of PyTorch's `OneCycleLR`). */
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
