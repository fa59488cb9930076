// Brightness, contrast and the black square against values worked out by hand.
import { describe, expect, it } from "vitest";
import { brighten, changeContrast, eraseSquare } from "./levels.js";

const changed = (levels: number[], change: (image: Uint8Array) => void): number[] => {
  const image = Uint8Array.from(levels);
  change(image);
  return [...image];
};

describe("brightness", () => {
  it("multiplies levels, rounds to the nearest and stays within 0 to 255", () => {
    expect(changed([0, 1, 100, 199, 255], (image) => brighten(image, 1.5))).toEqual([0, 2, 150, 255, 255]);
    expect(changed([0, 1, 3, 255], (image) => brighten(image, 0.5))).toEqual([0, 1, 2, 128]);
    expect(changed([7, 255], (image) => brighten(image, 0))).toEqual([0, 0]);
    expect(changed([7, 255], (image) => brighten(image, 1))).toEqual([7, 255]);
  });
});

describe("contrast", () => {
  it("multiplies the distance from the mean of all levels", () => {
    // The mean is 100.
    expect(changed([50, 100, 150], (image) => changeContrast(image, 1.5))).toEqual([25, 100, 175]);
    expect(changed([50, 100, 150], (image) => changeContrast(image, 0))).toEqual([100, 100, 100]);
    expect(changed([0, 0, 0, 200], (image) => changeContrast(image, 2))).toEqual([0, 0, 0, 255]);
    expect(changed([9], (image) => changeContrast(image, 2))).toEqual([9]);
  });
});

describe("erase", () => {
  const blackened = (side: number, x: number, y: number) =>
    changed(new Array(12).fill(1), (image) => eraseSquare(image, [3, 4, 1], side, x, y));

  it("blackens a square, and what of it is within the image", () => {
    expect(blackened(1, 2, 1)).toEqual([1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1]);
    expect(blackened(2, 1, 1)).toEqual([1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1]);
    expect(blackened(3, 0, 0)).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1]);
    expect(blackened(3, 3, 2)).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0]);
    expect(blackened(9, 2, 1)).toEqual(new Array(12).fill(0));
  });

  it("blackens all channels", () => {
    expect(changed([1, 2, 3, 4, 5, 6], (image) => eraseSquare(image, [1, 2, 3], 1, 1, 0))).toEqual([
      1, 2, 3, 0, 0, 0,
    ]);
  });
});
