// The warp against values worked out by hand, and against a slow reference in floating point.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Affine,
  composed,
  type ImageShape,
  identity,
  mirroring,
  moving,
  turning,
  warper,
} from "./warp.js";

const warped = (levels: number[], shape: ImageShape, map: Affine): number[] => {
  const image = Uint8Array.from(levels);
  warper(shape)(image, map);
  return [...image];
};

/** Bilinear interpolation by its definition, black beyond the image. */
const reference = (levels: number[], [height, width, channels]: ImageShape, map: Affine): number[] => {
  const [a, b, c, d, e, f] = map;
  const at = (x: number, y: number, i: number) =>
    x < 0 || x >= width || y < 0 || y >= height ? 0 : levels[(y * width + x) * channels + i]!;
  return levels.map((_, n) => {
    const i = n % channels;
    const x = Math.floor(n / channels) % width;
    const y = Math.floor(n / channels / width);
    const [u, v] = [a * x + b * y + c, d * x + e * y + f];
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const [right, below] = [u - left, v - top];
    return (
      (1 - below) * ((1 - right) * at(left, top, i) + right * at(left + 1, top, i)) +
      below * ((1 - right) * at(left, top + 1, i) + right * at(left + 1, top + 1, i))
    );
  });
};

describe("warp", () => {
  const image = [1, 2, 3, 4, 5, 6];
  it("moves right and down by whole pixels, and left and up", () => {
    expect(warped(image, [2, 3, 1], moving(1, 0))).toEqual([0, 1, 2, 0, 4, 5]);
    expect(warped(image, [2, 3, 1], moving(-2, 1))).toEqual([0, 0, 0, 3, 0, 0]);
    expect(warped(image, [2, 3, 1], moving(0, -1))).toEqual([4, 5, 6, 0, 0, 0]);
    expect(warped(image, [1, 2, 3], moving(1, 0))).toEqual([0, 0, 0, 1, 2, 3]);
    expect(warped(image, [2, 3, 1], moving(3, 0))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("mirrors, then moves", () => {
    expect(warped(image, [2, 3, 1], mirroring(3))).toEqual([3, 2, 1, 6, 5, 4]);
    expect(warped(image, [2, 3, 1], composed(mirroring(3), moving(1, 0)))).toEqual([0, 3, 2, 0, 6, 5]);
    expect(warped(image, [2, 3, 1], composed(moving(1, 0), mirroring(3)))).toEqual([2, 1, 0, 5, 4, 0]);
    expect(warped(image, [1, 2, 3], mirroring(2))).toEqual([4, 5, 6, 1, 2, 3]);
  });

  it("leaves the image as it is under the identity", () => {
    expect(warped(image, [2, 3, 1], identity)).toEqual(image);
    expect(warped(image, [2, 3, 1], composed(mirroring(3), mirroring(3)))).toEqual(image);
  });

  it("turns by a quarter", () => {
    const square = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(warped(square, [3, 3, 1], turning(3, 3, Math.PI / 2, 1))).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3]);
    expect(warped(square, [3, 3, 1], turning(3, 3, Math.PI, 1))).toEqual([...square].reverse());
  });

  it("enlarges about the centre: by 2, every other sample lies between two pixels", () => {
    expect(warped([0, 100, 200, 100, 0], [1, 5, 1], turning(1, 5, 0, 2))).toEqual([100, 150, 200, 150, 100]);
    expect(warped([80, 80, 80, 80], [1, 4, 1], turning(1, 4, 0, 0.5))).toEqual([0, 80, 80, 0]);
  });

  it("samples any map as the reference does, to a level, and a move or mirror as the sampled map", () => {
    const side = fc.integer({ min: 1, max: 19 });
    const shapes = fc.tuple(side, side, fc.integer({ min: 1, max: 4 }));
    const moves = fc.record({
      mirrored: fc.boolean(),
      right: fc.integer({ min: -20, max: 20 }),
      down: fc.integer({ min: -20, max: 20 }),
      angle: fc.oneof(fc.constant(0), fc.double({ min: -Math.PI, max: Math.PI, noNaN: true })),
      factor: fc.oneof(fc.constant(1), fc.double({ min: 0.5, max: 2, noNaN: true })),
    });
    fc.assert(
      fc.property(shapes, moves, fc.integer(), (shape, { mirrored, right, down, angle, factor }, seed) => {
        const [height, width, channels] = shape;
        const levels = Array.from(
          { length: height * width * channels },
          (_, i) => (Math.imul(i + 1, seed | 1) >>> 9) & 255,
        );
        const map = [
          mirrored ? mirroring(width) : identity,
          moving(right, down),
          turning(height, width, angle, factor),
        ].reduce(composed);
        const got = warped(levels, shape, map);
        // The map is rounded to 2^-16 pixels for each pixel of the way, the weights to 2^-11.
        const expected = reference(levels, shape, map);
        for (const [i, level] of got.entries()) expect(Math.abs(level - expected[i]!)).toBeLessThan(1);
        if (angle === 0 && factor === 1) expect(got).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});
