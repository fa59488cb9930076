// The filler must rebuild the very numbers that PyTorch was given.
import { describe, expect, test } from "vitest";
import { goldenCase, goldenNames, hash } from "./golden.js";

describe("hash", () => {
  test("equals the value of golden.py's formula, which was computed separately", () => {
    const first = hash(0, 0);
    expect([first(0), first(1), first(12_345_678)]).toEqual([
      0.12644983571954072, 0.24954470503143966, 0.08977541304193437,
    ]);
    const salted = hash(1000, 3);
    expect([salted(0), salted(7)]).toEqual([0.39128569257445633, 0.05634400970302522]);
  });
});

describe("goldenCase", () => {
  test.each(goldenNames)("%s has as many parameters as it says", (name) => {
    const { gradients, parameters } = goldenCase(name);
    const counts = Object.values(gradients).map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    expect(counts.reduce((a, b) => a + b, 0)).toBe(parameters);
  });

  test("spreads weights over ±sqrt(6 / fan_in) and biases over ±1 / sqrt(fan_in) of their layer's weight", () => {
    const { parameter } = goldenCase("lenet-28");
    const largest = (values: Float32Array) => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect(largest(parameter("7.weight")) / Math.sqrt(6 / 400)).toBeCloseTo(1, 3);
    expect(largest(parameter("7.bias"))).toBeLessThanOrEqual(1 / 20);
    expect(largest(parameter("7.bias"))).toBeGreaterThan(0.9 / 20);
  });

  test("an unknown key is an error that lists the keys", () => {
    expect(() => goldenCase("lenet-28").parameter("1.weight")).toThrow("0.weight, 0.bias");
  });
});
