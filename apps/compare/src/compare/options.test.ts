import { UsageError } from "@mlpconv/cli-kit";
import { expect, it } from "vitest";
import { readCompareOptions } from "./options.js";

it("without flags compares four nets with three seeds by preset quick", () => {
  expect(readCompareOptions({})).toMatchObject({
    models: ["lenet", "alexnet", "vgg11", "nin"],
    seeds: 3,
    preset: "quick",
    name: "quick",
    engine: "auto",
  });
});

it("reads names with spaces and twice, and times in seconds, minutes and hours", () => {
  expect(readCompareOptions({ models: "nin, lenet,nin" }).models).toEqual(["nin", "lenet"]);
  expect(["90s", "30m", "1.5h"].map((budget) => readCompareOptions({ budget }).budget)).toEqual([
    90, 1800, 5400,
  ]);
});

it.each([
  [{ models: "lenet,nim" }, /--models to be one of .*, got "nim"; did you mean "nin"\?/],
  [{ models: "" }, /--models to be one of .*, got ""/],
  [{ seeds: "0" }, /--seeds to be a whole number from 1 to 1000, got "0"/],
  [{ name: "../up" }, /--name to be a folder name .*, got "..\/up"/],
  [{ name: "x".repeat(61) }, /--name to have at most 60 characters, got 61/],
  [{ budget: "30" }, /--budget to be a time such as 90s, 30m or 1.5h, got "30"/],
  [{ budget: "0m" }, /--budget to be a time/],
  [{ epochs: "x" }, /--epochs to be a whole number/],
  [{ plan: true, budget: "1m" }, /--plan without --budget, got both; .*shorten the runs with --seeds/],
  [{ plan: true, data: "a\nb" }, /--data without line breaks with --plan, got "a\\nb"; .*add --json/],
])("refuses %o", (flags, message) => {
  expect(() => readCompareOptions(flags)).toThrow(UsageError);
  expect(() => readCompareOptions(flags)).toThrow(message);
});
