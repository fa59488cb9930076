import { expect, test } from "vitest";
import { bytes, count, decimal, duration, shape } from "./format.js";

test("numbers are formatted for reading", () => {
  expect(count(1_992_166)).toBe("1,992,166");
  expect([decimal(0.92136), decimal(0.92136, 4), decimal(null)]).toEqual(["0.921", "0.9214", "NaN"]);
  expect([decimal(-0.0004), decimal(-0.0006)]).toEqual(["0.000", "-0.001"]);
  expect([0, 999, 1500, 446_255_104, 1.2e9].map(bytes)).toEqual([
    "0 B",
    "999 B",
    "1.5 kB",
    "446 MB",
    "1.2 GB",
  ]);
  expect([3.54, 59.96, 200, 3600, 7499].map(duration)).toEqual([
    "3.5 s",
    "1 min 0 s",
    "3 min 20 s",
    "1 h 0 min",
    "2 h 5 min",
  ]);
  expect(shape([26, 26, 256])).toBe("26×26×256");
});
