import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "@mlpconv/cli-kit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readCompareOptions } from "./options.js";

it("without flags compares four nets with three seeds by preset quick", async () => {
  expect(await readCompareOptions({})).toMatchObject({
    models: ["lenet", "alexnet", "vgg11", "nin"],
    seeds: 3,
    preset: "quick",
    name: "quick",
    engine: "auto",
  });
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "compare-options-"));
  for (const name of ["cat", "dog"]) mkdirSync(join(folder, "pictures", name), { recursive: true });
  mkdirSync(join(folder, "mnist"));
  writeFileSync(join(folder, "mnist", "train-images-idx3-ubyte.gz"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ["pictures", {}, "pictures"],
  ["pictures", { preset: "best" }, "best"],
  // The folder holds a data set's files in folders of their own.
  ["pictures", { dataset: "cifar10" }, "quick"],
  ["mnist", {}, "quick"],
  ["elsewhere", { preset: "quick" }, "quick"],
])("chooses the preset of %s with %o as train does: %s", async (name, flags, preset) => {
  expect(await readCompareOptions({ data: join(folder, name), ...flags })).toMatchObject({
    preset,
    name: preset,
  });
});

it("reads names with spaces and twice, and times in seconds, minutes and hours", async () => {
  expect((await readCompareOptions({ models: "nin, lenet,nin" })).models).toEqual(["nin", "lenet"]);
  const read = ["90s", "30m", "1.5h"].map(async (budget) => (await readCompareOptions({ budget })).budget);
  expect(await Promise.all(read)).toEqual([90, 1800, 5400]);
});

it.each([
  [{ models: "lenet,nim" }, /--models to be one of .*, got "nim"; did you mean "nin"\?/],
  [{ models: "" }, /--models to be one of .*, got ""/],
  [{ seeds: "0" }, /--seeds to be a whole number from 1 to 1000, got "0"/],
  [{ name: "../up" }, /--name to be a folder name .*, got "..\/up"/],
  [{ name: "x".repeat(61) }, /--name to have at most 60 characters, got 61/],
  [{ budget: "30" }, /--budget to be a time such as 90s, 30m or 1.5h, got "30"/],
  [{ budget: "0m" }, /--budget to be a time/],
  [{ targetAccuracy: "1" }, /--target-accuracy to be a number above 0 and below 1, such as 0.2, got "1"/],
  [{ epochs: "x" }, /--epochs to be a whole number/],
  [{ data: "nowhere" }, /--data to name a folder, got "nowhere"; correct it, or name the preset too/],
  [{ plan: true, budget: "1m" }, /--plan without --budget, got both; .*shorten the runs with --seeds/],
  [{ plan: true, data: "a\nb" }, /--data without line breaks with --plan, got "a\\nb"; .*add --json/],
  [
    { models: "lenet,nin", ratio: "2" },
    /--ratio with ninMnist.*, got lenet; leave it out\ncompare: .*, got nin; leave it out/,
  ],
  [{ models: "lenet", optimizer: "nesterov", preset: "d2l" }, /--momentum above 0 .* got 0; .* \(lenet\)/],
  [{ models: "lenet", cycles: "2" }, /--cycles with --schedule restarts, got cosine; leave it out \(lenet\)/],
])("refuses %o", async (flags, message) => {
  await expect(readCompareOptions(flags)).rejects.toThrow(UsageError);
  await expect(readCompareOptions(flags)).rejects.toThrow(message);
});
