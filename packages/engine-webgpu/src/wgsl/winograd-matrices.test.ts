import { describe, expect, it } from "vitest";
import { type Matrix, winograd } from "./winograd-matrices.js";

const apply = (matrix: Matrix, values: readonly number[]): number[] =>
  matrix.map((row) => row.reduce((sum, factor, i) => sum + factor * values[i]!, 0));

describe("winograd", () => {
  it.each([
    [2, 3],
    [4, 3],
    [4, 5],
    [3, 4],
    [5, 4],
    [2, 1],
  ])("computes %d outputs of a filter with %d taps", (outputs, taps) => {
    const x = Array.from({ length: outputs + taps - 1 }, (_, i) => Math.sin(3 * i + 1));
    const filter = Array.from({ length: taps }, (_, i) => Math.cos(2 * i));
    const matrices = winograd(outputs, taps);
    const [left, right] = [apply(matrices.inputs, x), apply(matrices.filter, filter)];
    const got = apply(
      matrices.outputs,
      left.map((value, i) => value * right[i]!),
    );
    for (let i = 0; i < outputs; i++) {
      const expected = filter.reduce((sum, factor, k) => sum + factor * x[i + k]!, 0);
      expect(got[i]).toBeCloseTo(expected, 12);
    }
  });

  it("refuses more inputs than it has points for", () => {
    expect(() => winograd(6, 4)).toThrow("winograd: expected at most 8 inputs, got 9");
  });
});
