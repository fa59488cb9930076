// A run that an earlier version began goes on to the very bits that this earlier version would have ended with, and its config.json stays.
import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Terminal } from "@mlpconv/cli-kit";
import { fashionMnistInfo, loader, synthetic } from "@mlpconv/datasets";
import { resumeRun, runData } from "@mlpconv/runs/node";
import { loaderOptions } from "@mlpconv/runs/recipe";
import { useEngine } from "@mlpconv/tensor";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildModel } from "../src/train/build-model.js";
import { checkResumed, reopen } from "../src/train/resume.js";
import { runTraining } from "../src/train/run-training.js";

const fixtures = join(import.meta.dirname, "../../../packages/runs/test/fixtures");
/** SHA-256 of the values of the last weights of the run that the earlier version trained without a stop. */
const expectedSha256 = "47e85b621ef14b0cda0653d9f1bae5daab2cc60fefbdce19fe57205a546b0e93";

const start = process.cwd();
const stopped = join("runs", "stopped");
let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "older-runs-"));
  process.chdir(parent);
  await cp(join(fixtures, "stopped"), stopped, { recursive: true });
});
afterAll(async () => {
  process.chdir(start);
  await rm(parent, { recursive: true });
});

/** The values of a file of weights, without its header, in whose metadata later versions say more. */
const valuesOf = (file: Buffer): Buffer => file.subarray(8 + Number(file.readBigUInt64LE()));

const told: string[] = [];
const terminal: Terminal = {
  say: (line) => void told.push(line),
  live: () => {},
  close: () => {},
  colours: false,
  columns: 80,
};

it("a stopped run of an earlier version resumes to the bits of the one that was never stopped", async () => {
  const engine = await useEngine("cpu");
  const images = synthetic({ train: 40, test: 20 });
  const { run, config } = (await reopen(
    { engine: "auto", resume: true, json: false, run: "stopped" },
    terminal,
  ))!;

  // config.json named its data set alone: it is read in the form of today, and stays as it was written.
  const written = await readFile(join(fixtures, "stopped", "config.json"), "utf8");
  const { dataset, dataSha256, ...others } = JSON.parse(written);
  expect(config).toEqual({
    ...others,
    shards: 1,
    data: { ...fashionMnistInfo, name: dataset, sha256: dataSha256 },
  });
  checkResumed(config, { data: runData(images), device: config.device }, terminal);
  expect(told).toEqual([]);

  const options = loaderOptions(config, config.data);
  const summary = await runTraining({
    settings: config,
    engine,
    data: config.data,
    model: buildModel(config, config.data),
    loaders: { train: loader(images.train, options.train), test: loader(images.test, options.test) },
    run,
    resumed: run,
    saveEvery: 2,
    terminal,
    signal: new AbortController().signal,
  });
  await run.close();
  expect(summary).toMatchObject({ interrupted: false, epochs: 2, dataset: "synthetic" });

  const weights = await readFile(join(stopped, "last.safetensors"));
  expect(createHash("sha256").update(valuesOf(weights)).digest("hex")).toBe(expectedSha256);
  const clocks = ["seconds", "examplesPerSecond"];
  // What a step says of its batch alone is not in logs of earlier versions.
  const compared = (key: string, value: unknown) =>
    key === "batchLoss" ? undefined : clocks.includes(key) ? 0 : value;
  const events = async (folder: string) =>
    (await readFile(join(folder, "events.jsonl"), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line, compared));
  expect(await events(stopped)).toEqual(await events(join(fixtures, "evaluated")));

  expect(await readFile(join(stopped, "config.json"), "utf8")).toBe(written);
  // Its checkpoints still belong to that config.json.
  const again = await resumeRun(stopped, () => {});
  expect(again.checkpoint!.config).toBe(written);
  await again.close();
}, 60_000);
