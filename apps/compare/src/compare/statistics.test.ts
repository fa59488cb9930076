import { expect, it } from "vitest";
import { median, medianInterval } from "./statistics.js";

it("the median is the middle number, or the mean of the two in the middle", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([1, Number.POSITIVE_INFINITY, 2])).toBe(2);
  expect(() => median([])).toThrow("expected at least one number, got none");
});

it("the confidence interval is the same each time, and lies within the range and around the median", () => {
  const values = [0.91, 0.92, 0.915, 0.93, 0.905, 0.918, 0.922, 0.911, 0.919];
  const [low, high] = medianInterval(values)!;
  expect(medianInterval(values)).toEqual([low, high]);
  expect(low).toBeGreaterThan(0.905);
  expect(high).toBeLessThan(0.93);
  expect(low).toBeLessThan(median(values));
  expect(high).toBeGreaterThan(median(values));
});

it("the confidence interval covers the true median of normal samples about as often as it says", () => {
  // 40 samples of 15 numbers whose median is 0, drawn by a linear congruential generator and the sum of twelve uniforms.
  let state = 1;
  const uniform = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const normal = () => Array.from({ length: 12 }, uniform).reduce((a, b) => a + b, -6);
  const covering = Array.from({ length: 40 }, () => {
    const [low, high] = medianInterval(Array.from({ length: 15 }, normal))!;
    return low <= 0 && high >= 0;
  }).filter(Boolean).length;
  expect(covering).toBeGreaterThanOrEqual(34);
});

it("one or two values have no confidence interval", () => {
  expect(medianInterval([0.9])).toBeUndefined();
  expect(medianInterval([0.9, 0.92])).toBeUndefined();
  expect(medianInterval([0.9, 0.92, 0.91])).toBeDefined();
});
