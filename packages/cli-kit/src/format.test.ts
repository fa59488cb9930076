import { expect, it } from "vitest";

import { about, count, duration, rate } from "./format.js";

it("durations grow from seconds to hours", () => {
  expect([0, 59.4, 59.6, 61.4, 3599, 3600, 7384].map(duration)).toEqual([
    "0 s",
    "59 s",
    "1 min 00 s",
    "1 min 01 s",
    "59 min 59 s",
    "1 h 00 min",
    "2 h 03 min",
  ]);
});

it("estimates are rounded as roughly as they are meant", () => {
  expect([1, 42, 89, 100, 5000, 9000].map(about)).toEqual([
    "about 5 s",
    "about 40 s",
    "about 90 s",
    "about 2 min",
    "about 83 min",
    "about 2.5 h",
  ]);
});

it("rates have a decimal while it matters", () => {
  expect([8.04, 99.96, 412.4, 3941.8].map(rate)).toEqual([
    "8.0 images/s",
    "100.0 images/s",
    "412 images/s",
    "3,942 images/s",
  ]);
});

it("counts have thousands apart", () => {
  expect(count(1992166)).toBe("1,992,166");
});
