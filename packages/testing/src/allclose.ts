// The one comparison of arrays of numbers: |actual - expected| <= atol + rtol * |expected| for every entry, as NumPy's `allclose`.
import { expect } from "vitest";

export interface Tolerance {
  /** Relative to the expected entry. */
  rtol: number;
  atol: number;
}

type Numbers = ArrayLike<number>;

/** The worst entry when any is out of tolerance. NaN is close to nothing, not even to NaN. */
const worst = (actual: Numbers, expected: Numbers, { rtol, atol }: Tolerance) => {
  let found: { index: number; excess: number } | undefined;
  for (let index = 0; index < expected.length; index++) {
    const [a, e] = [actual[index]!, expected[index]!];
    const excess = a === e ? 0 : Math.abs(a - e) / (atol + rtol * Math.abs(e));
    if (!(excess <= 1) && !(excess <= (found?.excess ?? 0))) found = { index, excess };
    if (Number.isNaN(excess)) break;
  }
  return found;
};

expect.extend({
  toBeAllclose(actual: Numbers, expected: Numbers, { rtol = 1e-5, atol = 1e-8 }: Partial<Tolerance> = {}) {
    if (actual.length !== expected.length) {
      const message = () => `toBeAllclose: expected ${expected.length} numbers, got ${actual.length}`;
      return { pass: false, message };
    }
    const found = worst(actual, expected, { rtol, atol });
    return {
      pass: !found,
      message: () =>
        found
          ? `toBeAllclose: expected [${found.index}] = ${expected[found.index]} (rtol ${rtol}, atol ${atol}), got ${actual[found.index]}: ` +
            `${found.excess.toPrecision(3)} times the tolerance, the worst of ${expected.length}`
          : `toBeAllclose: expected some entry to differ by more than rtol ${rtol}, atol ${atol}, got none of ${expected.length}`,
    };
  },
});

declare module "vitest" {
  interface Matchers<T> {
    /** Every entry within `atol + rtol * |expected|`. Default rtol 1e-5, atol 1e-8. */
    toBeAllclose(expected: ArrayLike<number>, tolerance?: Partial<Tolerance>): void;
  }
}
