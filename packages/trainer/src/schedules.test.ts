import { describe, expect, test } from "vitest";
import { constant, cosine, oneCycle, polynomial, type Schedule, stepDecay, warmRestarts } from "./index.js";

const factors = (schedule: Schedule, total: number) =>
  Array.from({ length: total }, (_, step) => schedule(step, total));
const rounded = (values: number[]) => values.map((value) => Math.round(value * 1e4) / 1e4);

describe("a schedule", () => {
  test("constant stays at 1", () => expect(factors(constant(), 3)).toEqual([1, 1, 1]));

  test("warm-up grows along a line and never starts at 0", () => {
    expect(factors(constant({ warmup: 3 }), 5)).toEqual([0.25, 0.5, 0.75, 1, 1]);
  });

  test("warm-up below 1 is a share of all steps", () => {
    expect(factors(constant({ warmup: 0.5 }), 4)).toEqual([1 / 3, 2 / 3, 1, 1]);
  });

  test("stepDecay multiplies after every so many steps", () => {
    expect(rounded(factors(stepDecay({ every: 2, factor: 0.1 }), 5))).toEqual([1, 1, 0.1, 0.1, 0.01]);
  });

  test("cosine falls from 1 along half a wave, to its floor at the end", () => {
    expect(rounded(factors(cosine(), 4))).toEqual([1, 0.8536, 0.5, 0.1464]);
    expect(cosine({ floor: 0.1 })(10, 10)).toBeCloseTo(0.1, 6);
  });

  test("oneCycle gives the rates of PyTorch's OneCycleLR", () => {
    const expected = [
      0.04, 0.52, 1, 0.9504846, 0.8117457, 0.6112621, 0.3887421, 0.1882583, 0.0495194, 0.000004,
    ];
    for (const [i, factor] of factors(oneCycle(), 10).entries()) expect(factor).toBeCloseTo(expected[i]!, 5);
  });

  test("polynomial gives the rates of PyTorch's PolynomialLR", () =>
    expect(rounded(factors(polynomial({ power: 2 }), 10))).toEqual([
      1, 0.81, 0.64, 0.49, 0.36, 0.25, 0.16, 0.09, 0.04, 0.01,
    ]));

  test("warmRestarts gives the rates of PyTorch's CosineAnnealingWarmRestarts", () =>
    // T_0=3, T_mult=2, eta_min=0.1.
    expect(rounded(factors(warmRestarts({ cycles: 2, stretch: 2, floor: 0.1 }), 9))).toEqual([
      1, 0.775, 0.325, 1, 0.9397, 0.775, 0.55, 0.325, 0.1603,
    ]));

  test("warmRestarts begins each cycle at the full rate, whatever rounding does", () => {
    for (const cycles of [2, 3, 7, 10])
      for (let i = 0; i < cycles; i++) expect(warmRestarts({ cycles })(i * 30, cycles * 30)).toBe(1);
  });

  test.each([
    { make: () => polynomial({ power: 0 }), message: "expected power to be above 0 and finite, got 0" },
    {
      make: () => warmRestarts({ cycles: 0 }),
      message: "expected cycles to be a positive whole number, got 0",
    },
    {
      make: () => warmRestarts({ cycles: 2, stretch: 0.5 }),
      message: "expected stretch to be at least 1 and finite, got 0.5",
    },
    {
      make: () => cosine({ warmup: -1 }),
      message: "cosine: expected warmup to be a number of steps or a share below 1, got -1",
    },
    {
      make: () => stepDecay({ every: 0, factor: 0.1 }),
      message: "expected every to be a positive number of steps, got 0",
    },
    {
      make: () => oneCycle({ warmup: 2 }),
      message: "oneCycle: expected warmup to be a share between 0 and 1, got 2",
    },
  ])("refuses: $message", ({ make, message }) => expect(make).toThrow(message));
});
