import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stream } from "./stream.js";

const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;
const std = (values: Float32Array) => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((v) => (v - centre) ** 2)));
};

describe("a stream", () => {
  test("gives the same numbers for the same seed and name", () => {
    expect(stream(7, "weights").bits(5)).toEqual(stream(7, "weights").bits(5));
  });

  test("keeps its first numbers when more are asked for", () => {
    expect(stream(7, "a").bits(9).subarray(0, 4)).toEqual(stream(7, "a").bits(4));
  });

  test("differs by seed, name and block, and seed 0 is a seed", () => {
    const draws = [
      stream(0, "a").bits(2),
      stream(1, "a").bits(2),
      stream(2 ** 32, "a").bits(2),
      stream(0, "b").bits(2),
      stream(0, "a").bits(2, { block: 1 }),
    ];
    expect(new Set(draws.map(String)).size).toBe(draws.length);
    expect(stream(0, "a").bits(2)).toEqual(draws[0]);
  });

  test("gives the expected numbers, which are the same on every machine and in every version", () => {
    expect([...stream(0, "weights").bits(3)]).toEqual([874229331, 2231758040, 2229240501]);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])("refuses seed %s", (seed) => {
    expect(() => stream(seed, "a")).toThrow(/expected seed to be an integer from 0/);
  });

  test("uniform numbers fill [low, high) evenly", () => {
    const values = stream(1, "u").uniform(100_000, { low: -2, high: 6 });
    expect(Math.min(...values.subarray(0, 50_000))).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...values.subarray(0, 50_000))).toBeLessThan(6);
    expect(mean(values)).toBeCloseTo(2, 1);
    expect(std(values)).toBeCloseTo(8 / Math.sqrt(12), 1);
  });

  test("normal numbers have the mean and deviation asked for, for odd lengths too", () => {
    const values = stream(1, "n").normal(100_001, { mean: 3, std: 0.5 });
    expect(mean(values)).toBeCloseTo(3, 2);
    expect(std(values)).toBeCloseTo(0.5, 2);
    const beyond = values.filter((v) => Math.abs(v - 3) > 1).length / values.length;
    expect(beyond).toBeCloseTo(0.0455, 2);
  });

  test("a permutation holds every number once", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(), fc.nat(5), (length, seed, block) => {
        const order = stream(seed, "shuffle").permutation(length, { block });
        expect([...order].sort((a, b) => a - b)).toEqual([...Array(length).keys()]);
      }),
      { numRuns: 50 },
    );
  });

  test("each number is as likely in each place of a permutation", () => {
    const counts = new Array(5).fill(0);
    for (let block = 0; block < 5000; block++) counts[stream(3, "p").permutation(5, { block })[0]!]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });
});
