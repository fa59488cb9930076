import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TypedFlags, UsageError } from "@mlpconv/cli-kit";
import { fashionMnistInfo, synthetic } from "@mlpconv/datasets";
import type { TrainedConfig } from "@mlpconv/runs";
import { runData } from "@mlpconv/runs/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTrainOptions } from "./options.js";
import { changedConfig, checkResumed, finishedSummary } from "./resume.js";
import { resolveSettings } from "./settings.js";

const settings = resolveSettings(
  { engine: "auto", json: false, resume: true, model: "lenet", preset: "quick" },
  { gpu: false, dataset: fashionMnistInfo },
);
const data = { ...runData(synthetic({ train: 2, test: 2 })), name: "fashion-mnist", sha256: "a".repeat(64) };
const was: TrainedConfig = {
  ...settings,
  engine: "wasm",
  device: "one CPU",
  data,
  node: "",
};
const check = (changes: object) => {
  const said: string[] = [];
  checkResumed(
    was,
    { ...was, ...changes },
    {
      say: (line) => void said.push(line),
      live: () => {},
      close: () => {},
      colours: false,
      columns: 80,
    },
  );
  return said;
};

it("goes on with the same data on another device, with a warning", () => {
  expect(check({})).toEqual([]);
  expect(check({ device: "another" })).toEqual([
    "warning: the run began on one CPU, this is another: the numbers may not be the same to the last bit",
  ]);
});

describe("finishedSummary", () => {
  const fixtures = join(import.meta.dirname, "../../../../packages/runs/test/fixtures");
  const start = process.cwd();
  let parent: string;
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), "finished-"));
    process.chdir(parent);
    await cp(fixtures, "runs", { recursive: true });
  });
  afterAll(async () => {
    process.chdir(start);
    await rm(parent, { recursive: true });
  });
  const of = (flags: TypedFlags) => finishedSummary(readTrainOptions(flags));

  it("is there for a finished run that --auto-resume names, and for no other", async () => {
    expect(await of({ run: "finished", autoResume: true })).toMatchObject({ interrupted: false });
    for (const flags of [
      { run: "finished" },
      { run: "finished", resume: true },
      { run: "stopped", autoResume: true },
      { run: "none", autoResume: true },
    ])
      expect(await of(flags)).toBeUndefined();
  });

  it("is refused to flags that say otherwise than the run", async () => {
    await expect(of({ run: "finished", autoResume: true, seed: "99" })).rejects.toThrow(UsageError);
    await expect(of({ run: "finished", autoResume: true, seed: "99" })).rejects.toThrow(
      /expected the run as it was begun, got --seed 99, and the run has \d+; leave the flags away/,
    );
  });
});

it("takes another schedule from a run whose own needs a setting that it then leaves unused, but no such setting", () => {
  const before: TrainedConfig = { ...was, schedule: "restarts", cycles: 2 };
  const change = (setting: string, to: string | number) => ({ setting, from: null, to });
  expect(changedConfig(before, [change("schedule", "linear")], "config.json")).toMatchObject({
    schedule: "linear",
  });
  expect(() =>
    changedConfig(before, [change("schedule", "linear"), change("cycles", 3)], "config.json"),
  ).toThrow("expected --cycles with --schedule restarts, got linear; leave it out");
});

it("takes other data for wrong use", () => {
  expect(() => check({ data: { ...data, sha256: "b".repeat(64) } })).toThrow(UsageError);
  expect(() => check({ data: { ...data, sha256: "b".repeat(64) } })).toThrow(
    /got data fashion-mnist \(SHA-256 b{12}\.\.\.\), and the run has fashion-mnist \(a{12}\.\.\.\); leave the flags away/,
  );
  expect(() => check({ data: { ...data, name: "made" } })).toThrow(
    /got data made .*and the run has fashion-mnist/,
  );
});
