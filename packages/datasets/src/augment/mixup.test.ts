// Shares against distributions that are known in closed form, and averages worked out by hand.
import { describe, expect, it } from "vitest";
import { average, betaQuantile, SHARES } from "./mixup.js";

const parts = Array.from({ length: 999 }, (_, i) => (i + 1) / 1000);

/** The distribution function of Beta(alpha, alpha). */
const known: [alpha: number, cdf: (x: number) => number][] = [
  [0.5, (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x))],
  [1, (x) => x],
  [2, (x) => 3 * x ** 2 - 2 * x ** 3],
  [3, (x) => 10 * x ** 3 - 15 * x ** 4 + 6 * x ** 5],
];

describe("shares of mixup", () => {
  it.each(known)("are those of Beta(%d, %d)", (alpha, cdf) => {
    const quantile = betaQuantile(alpha);
    for (const u of parts) expect(cdf(quantile(u))).toBeCloseTo(u, 5);
  });

  it.each([0.01, 0.1, 0.2, 0.4, 1.5, 10])("have the mean and the variance of Beta(%d, same)", (alpha) => {
    const quantile = betaQuantile(alpha);
    const n = 20_000;
    let sum = 0;
    let squares = 0;
    let before = 0;
    for (let i = 0; i < n; i++) {
      const share = quantile((i + 0.5) / n);
      if (!(share >= before && share <= 1)) throw new Error(`expected more than ${before}, got ${share}`);
      before = share;
      sum += share;
      squares += (share - 0.5) ** 2;
    }
    expect(sum / n).toBeCloseTo(0.5, 9);
    expect(squares / n).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 3);
  });
});

it("averages levels, rounded to the nearest", () => {
  const mixed = (share: number) => {
    const image = Uint8Array.of(0, 255, 10, 200);
    average(image, Uint8Array.of(255, 0, 11, 200), share);
    return [...image];
  };
  expect(mixed(SHARES)).toEqual([0, 255, 10, 200]);
  expect(mixed(0)).toEqual([255, 0, 11, 200]);
  expect(mixed(SHARES / 2)).toEqual([128, 128, 11, 200]);
  expect(mixed((SHARES * 3) / 4)).toEqual([64, 191, 10, 200]);
});
