import { expect, test } from "vitest";
import { bestOf, drawnClasses } from "./class-maps.js";

test("up to 12 classes have a map each, in their order", () => {
  expect(drawnClasses([3, 1, 2], 1)).toEqual([0, 1, 2]);
});

test("of more classes a row has those of the highest logits, and the true class", () => {
  const logits = Array.from({ length: 20 }, (_, c) => c);
  expect(drawnClasses(logits, 15)).toEqual([19, 18, 17, 16, 15, 14, 13, 12]);
  expect(drawnClasses(logits, 3)).toEqual([19, 18, 17, 16, 15, 14, 13, 3]);
  expect(bestOf(logits)).toBe(19);
});
