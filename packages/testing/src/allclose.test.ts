// The matcher that every numeric test leans on has to fail where it should.
import { describe, expect, test } from "vitest";
import "./allclose.js";

describe("toBeAllclose", () => {
  test("passes within rtol of large entries and within atol of small ones", () => {
    expect([1000.009, 1e-9]).toBeAllclose([1000, 0], { rtol: 1e-5, atol: 1e-8 });
  });

  test("fails just outside the tolerance", () => {
    expect(() => expect([1000.02]).toBeAllclose([1000])).toThrow("times the tolerance");
    expect(() => expect([2e-8]).toBeAllclose([0])).toThrow("expected [0] = 0");
  });

  test("names the worst of several wrong entries", () => {
    expect(() => expect([1.1, 5, 3]).toBeAllclose([1, 2, 3])).toThrow("expected [1] = 2");
  });

  test("fails on NaN at any position", () => {
    expect(() => expect([1, Number.NaN]).toBeAllclose([1, 2])).toThrow("got NaN");
    expect(() => expect([9, Number.NaN, 3]).toBeAllclose([1, 2, 3])).toThrow("got NaN");
    expect(() => expect([1]).toBeAllclose([Number.NaN])).toThrow("= NaN");
    expect(() => expect([Number.NaN]).toBeAllclose([Number.NaN])).toThrow("got NaN");
  });

  test("fails on infinities of opposite signs and on a finite number where one is expected", () => {
    expect([Number.POSITIVE_INFINITY]).toBeAllclose([Number.POSITIVE_INFINITY]);
    expect(() => expect([1]).toBeAllclose([Number.POSITIVE_INFINITY])).toThrow("Infinity");
    expect(() => expect([Number.NEGATIVE_INFINITY]).toBeAllclose([Number.POSITIVE_INFINITY])).toThrow(
      "got -Infinity",
    );
  });

  test("fails when the lengths differ", () => {
    expect(() => expect([1, 2]).toBeAllclose([1])).toThrow("expected 1 numbers, got 2");
  });

  test("its negation fails when all entries are close", () => {
    expect(() => expect([1]).not.toBeAllclose([1])).toThrow("got none");
    expect([1]).not.toBeAllclose([2]);
  });
});
