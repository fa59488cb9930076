import { expect, test } from "vitest";
import { median } from "./statistics.js";

test("the median is the middle value, or the mean of the two in the middle", () => {
  expect(median([5, 1, 100])).toBe(5);
  expect(median([5, 1, 100, 6])).toBe(5.5);
});

test("the median of nothing is an error", () => {
  expect(() => median([])).toThrow("expected at least one value");
});
