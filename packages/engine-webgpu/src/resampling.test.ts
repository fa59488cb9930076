import { expect, test } from "vitest";
import { BITS, resampling } from "./resampling.js";

const ONE = 2 ** BITS;

test("each new pixel is one old pixel where the axis keeps its length", () => {
  expect(resampling(3, 3)).toEqual({ taps: 1, table: Int32Array.of(0, ONE, 1, ONE, 2, ONE) });
});

test("each new pixel mixes two neighbours where the axis grows, except at the ends", () => {
  const quarter = ONE / 4;
  expect(resampling(2, 4).table).toEqual(
    Int32Array.of(0, ONE, 0, 0, 3 * quarter, quarter, 0, quarter, 3 * quarter, 0, 0, ONE),
  );
});

test.each([
  [224, 28],
  [13, 5],
  [28, 96],
  [5, 1],
  [1, 7],
])("windows from %i to %i pixels lie inside, and their weights sum to one", (from, to) => {
  const { taps, table } = resampling(from, to);
  for (let j = 0; j < to; j++) {
    const [first, ...weights] = table.subarray(j * (1 + taps), (j + 1) * (1 + taps));
    expect(first).toBeGreaterThanOrEqual(0);
    expect(first! + taps).toBeLessThanOrEqual(from);
    expect(Math.abs(weights.reduce((a, b) => a + b) - ONE)).toBeLessThanOrEqual(taps / 2);
  }
});
