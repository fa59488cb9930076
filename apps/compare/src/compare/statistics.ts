// What few numbers say together: the middle, and how sure it is.
import { stream } from "@mlpconv/tensor";

/** The middle number, or the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  if (values.length === 0) throw new RangeError("median: expected at least one number, got none");
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

const resamples = 10_000;

/**
 * 95% percentile-bootstrap interval of the median (Efron, 1979): the medians of 10,000 samples drawn with replacement from the values, without the
 * lowest and the highest 2.5%. The same values give the same interval. Of three values it is hardly less than their range.
 *
 * @returns undefined for fewer than three values: the samples of two have three medians, whatever they were drawn from
 */
export const medianInterval = (values: readonly number[]): [low: number, high: number] | undefined => {
  const n = values.length;
  if (n < 3) return undefined;
  const draws = stream(0, "bootstrap").uniform(resamples * n);
  const medians = Array.from({ length: resamples }, (_, i) =>
    median(Array.from({ length: n }, (_, j) => values[Math.floor(draws[i * n + j]! * n)]!)),
  ).sort((a, b) => a - b);
  return [medians[Math.floor(0.025 * resamples)]!, medians[Math.ceil(0.975 * resamples) - 1]!];
};
