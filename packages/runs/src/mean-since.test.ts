import { expect, it } from "vitest";
import { meanSince } from "./mean-since.js";

it("the mean covers the batches since the last one", () => {
  const losses = [4, 3, 2, 2, 1, 0.5];
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  const at = (count: number) => ({ mean: mean(losses.slice(0, count)), count });
  expect(meanSince(undefined, at(2))).toBeCloseTo(3.5, 12);
  expect(meanSince(at(2), at(5))).toBeCloseTo(mean([2, 2, 1]), 12);
  expect(meanSince(at(5), at(6))).toBeCloseTo(0.5, 12);
});

it("the mean is undefined where a mean is NaN", () => {
  expect(meanSince(undefined, { mean: null, count: 1 })).toBeNull();
  expect(meanSince({ mean: null, count: 1 }, { mean: 1, count: 2 })).toBeNull();
  expect(meanSince({ mean: 1, count: 1 }, { mean: null, count: 2 })).toBeNull();
});
