// From the losses of a sweep to a learning rate to begin with.
import type { RatePoint } from "./sweep-rates.js";

/** How far below the rate with the least loss the suggestion is: there the loss is about to rise. */
const margin = 10;
/** Share of the sweep at its beginning of which the least loss is not looked for: the mean is of few losses there. */
const unsettled = 0.05;
/** The least share by which the loss must fall, for the rate to mean anything. */
const leastFall = 0.02;

/** A rate with two digits: 0.0123 is 0.012. */
const rounded = (rate: number): number => Number(rate.toPrecision(2));

/** A tenth of the rate at which the smoothed loss is least; undefined where it hardly fell. */
export const suggestRate = (points: readonly RatePoint[]): number | undefined => {
  const settled = points.slice(Math.ceil(unsettled * points.length));
  const first = settled[0];
  if (!first) return undefined;
  const least = settled.reduce((best, point) => (point.loss < best.loss ? point : best), first);
  return least.loss > (1 - leastFall) * first.loss ? undefined : rounded(least.learningRate / margin);
};
