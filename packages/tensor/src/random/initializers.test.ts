import { describe, expect, test } from "vitest";
import { fans, heNormal, heUniform, pytorchBias, xavierUniform } from "./initializers.js";
import { stream } from "./stream.js";

const variance = (values: Float32Array) => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
};

describe("fans", () => {
  test.each([
    { shape: [11, 11, 1, 96], fanIn: 121, fanOut: 11_616 },
    { shape: [1, 1, 96, 96], fanIn: 96, fanOut: 96 },
    { shape: [6400, 4096], fanIn: 6400, fanOut: 4096 },
  ])("of $shape count what a weight connects", ({ shape, fanIn, fanOut }) => {
    expect(fans(shape)).toEqual({ fanIn, fanOut });
  });
  test("of a bias are an error", () => expect(() => fans([10])).toThrow(/got \[10\]; a bias has no fans/));
});

describe("initialisers have the variance that their paper derives", () => {
  const shape = [5, 5, 48, 64];
  const fanIn = 5 * 5 * 48;
  const fanOut = 5 * 5 * 64;
  test.each([
    { name: "xavierUniform", values: xavierUniform(shape, stream(0, "x")), expected: 2 / (fanIn + fanOut) },
    { name: "heNormal", values: heNormal(shape, stream(0, "x")), expected: 2 / fanIn },
    { name: "heUniform", values: heUniform(shape, stream(0, "x")), expected: 2 / fanIn },
    { name: "pytorchBias", values: pytorchBias(50_000, fanIn, stream(0, "x")), expected: 1 / (3 * fanIn) },
  ])("$name", ({ values, expected }) => {
    expect(variance(values) / expected).toBeCloseTo(1, 1);
  });
});
