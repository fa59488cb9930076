import { expect, it } from "vitest";
import { shrinkImage, shrunkShape } from "./shrink-image.js";

it("keeps the proportions, and a side of at least one pixel", () => {
  expect(shrunkShape([224, 112, 3], 64)).toEqual([64, 32, 3]);
  expect(shrunkShape([1, 400, 1], 64)).toEqual([1, 64, 1]);
  expect(shrunkShape([20, 10, 3], 64)).toEqual([20, 10, 3]);
});

it("takes the mean of the pixels of each channel", () => {
  const levels = Uint8Array.of(10, 0, 20, 1, 30, 2, 40, 3, 50, 4, 60, 5, 70, 6, 80, 7);
  // Two rows of four pixels with two channels, to one row of two.
  expect([...shrinkImage(levels, [2, 4, 2], [1, 2, 2])]).toEqual([35, 3, 55, 5]);
  expect(shrinkImage(levels, [2, 4, 2], [2, 4, 2])).toBe(levels);
  const odd = Uint8Array.of(0, 100, 200);
  expect([...shrinkImage(odd, [1, 3, 1], [1, 2, 1])]).toEqual([0, 150]);
});
