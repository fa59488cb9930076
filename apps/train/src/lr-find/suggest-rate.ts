// From the losses of a sweep to a learning rate to begin with.
import type { RatePoint } from "./sweep-rates.js";

/** How far below the rate with the least loss the suggestion is: there the loss is about to rise. */
const margin = 5;
/** Share of the sweep at its beginning of which the least loss is not looked for: the mean is of few losses there. */
const unsettled = 0.05;
/** The least share by which the loss must fall, for the rate to mean anything. */
const leastFall = 0.02;
/** Points below which a fall is the chance of a few batches: no sweep has fewer steps, unless the loss explodes. */
const fewestPoints = 20;

/** A rate with two digits: 0.0123 is 0.012. */
const rounded = (rate: number): number => Number(rate.toPrecision(2));

/** A learning rate to begin with, or why there is none, with a fix. */
export type Suggestion = { rate: number; why: string } | { rate?: undefined; why: string };

/** Loss in nats of a net that gives each class its share of the images, whatever it sees. */
export const guessingLoss = (labels: ArrayLike<number>): number => {
  const counts = new Map<number, number>();
  for (const label of Array.from(labels)) counts.set(label, (counts.get(label) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / labels.length);
  return shares.reduce((sum, share) => sum - share * Math.log(share), 0);
};

/**
 * A fifth of the rate at which the smoothed loss is least, provided that the loss fell below that of guessing: bad initial weights come that far at any rate.
 *
 * @param points of a sweep, at least one
 * @param classes number of classes, whose logarithm is the loss of guessing
 * @param exploded whether the sweep ended because the loss exploded
 */
export const suggestRate = (
  points: readonly RatePoint[],
  guessing: number,
  exploded: boolean,
): Suggestion => {
  const settled = points.slice(Math.ceil(unsettled * points.length));
  const [begin, end] = [points[0]!.learningRate, points.at(-1)!.learningRate].map(rounded);
  if (points.length < fewestPoints)
    return { why: `the loss exploded at ${end}, after ${points.length} steps; begin lower: --lr-min` };
  const first = settled[0]!;
  const least = settled.reduce((best, point) => (point.loss < best.loss ? point : best), first);
  if (!(least.loss <= (1 - leastFall) * first.loss))
    return {
      why: exploded
        ? `the loss exploded at ${end} and had hardly fallen before; begin lower, --lr-min, or try more --steps`
        : "the loss hardly fell at any learning rate; try more --steps, or a range that ends higher: --lr-max",
    };
  if (!(least.loss <= (1 - leastFall) * guessing))
    return {
      why: `the loss fell to ${least.loss.toFixed(2)}, no lower than by guessing, ${guessing.toFixed(2)}; try more --steps, or a narrower range of rates: --lr-min, --lr-max`,
    };
  const rate = rounded(least.learningRate / margin);
  if (rate < begin!)
    return {
      why: `the loss was least at ${rounded(least.learningRate)}, too near to the first rate, ${begin}; begin lower: --lr-min`,
    };
  if (exploded) return { rate, why: `the loss exploded at ${end}` };
  const falling =
    least === points.at(-1) ? ", where it was still falling: see what a higher --lr-max gives" : "";
  return { rate, why: `the loss did not explode up to ${end}${falling}` };
};
