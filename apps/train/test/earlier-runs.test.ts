// A run that was begun when config.json named its data set alone is opened, goes on to the bits of one that was not stopped, and is not rewritten.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Terminal } from "@mlpconv/cli-kit";
import { type Dataset, dataSha256, fashionMnistInfo, loader, synthetic } from "@mlpconv/datasets";
import { createRun, readRun, resumeRun, runData } from "@mlpconv/runs/node";
import { type Engine, useEngine } from "@mlpconv/tensor";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildModel } from "../src/train/build-model.js";
import { checkResumed, reopen } from "../src/train/resume.js";
import { runTraining } from "../src/train/run-training.js";
import { loaderOptions, settle } from "../src/train/settings.js";

const home = process.cwd();
let parent: string;
let engine: Engine;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "earlier-"));
  process.chdir(parent);
  engine = await useEngine("wasm");
});
afterAll(async () => {
  process.chdir(home);
  await rm(parent, { recursive: true });
});

const { train, test } = synthetic({ train: 24, test: 8 });
const data: Dataset = { ...fashionMnistInfo, source: "code", train, test };
const request = { engine: "auto", json: false, model: "lenet", preset: "quick", seed: 3 } as const;
const settings = {
  ...settle({ ...request, resume: false }, { gpu: false, dataset: fashionMnistInfo }),
  epochs: 2,
  batchSize: 4,
};
const machine = { engine: "wasm", device: "one CPU", node: "v20.20.0" };
const earlier = { ...settings, ...machine, dataset: "fashion-mnist", dataSha256: dataSha256(data) };
const terminal: Terminal = { say: () => {}, live: () => {}, close: () => {}, colours: false, columns: 80 };

/** Trains a run that is open, to its end or to its n-th step. */
const go = async (
  run: Awaited<ReturnType<typeof createRun>>,
  resumed: Awaited<ReturnType<typeof resumeRun>> | undefined,
  steps = Number.POSITIVE_INFINITY,
): Promise<void> => {
  const options = loaderOptions(settings, data);
  const stopping = new AbortController();
  let left = steps;
  const counted: typeof run = {
    ...run,
    record: async (event) => {
      await run.record(event);
      if (event.type === "step" && --left === 0) stopping.abort();
    },
  };
  const model = buildModel(settings, data);
  const loaders = { train: loader(data.train, options.train), test: loader(data.test, options.test) };
  await runTraining({
    ...{ settings, engine, data, model, loaders, resumed, terminal },
    run: counted,
    saveEvery: 2,
    signal: stopping.signal,
  });
  await run.close();
  model.dispose();
};

it("goes on as it was, and its config.json stays as it was written", { timeout: 60_000 }, async () => {
  const at = (run: string, file: string) => readFile(join("runs", run, file));
  await go(await createRun(join("runs", "whole"), earlier), undefined);
  await go(await createRun(join("runs", "stopped"), earlier), undefined, 5);
  const written = await at("stopped", "config.json");
  expect(JSON.parse(written.toString())).toHaveProperty("dataset", "fashion-mnist");
  expect((await readRun(join("runs", "stopped"))).summary!.interrupted).toBe(true);

  const reopened = (await reopen({ ...request, resume: true, run: "stopped" }, terminal))!;
  expect(reopened.config).toEqual({
    ...settings,
    ...machine,
    data: { ...runData(data), examples: { train: 60_000, test: 10_000 } },
  });
  const { device } = reopened.config;
  checkResumed(reopened.config, { data: runData(data), device }, terminal);
  expect(reopened.run.checkpoint!.position.step).toBe(5);
  await go(reopened.run, reopened.run);

  expect((await at("stopped", "config.json")).equals(written)).toBe(true);
  expect((await at("stopped", "last.safetensors")).equals(await at("whole", "last.safetensors"))).toBe(true);
  // Its checkpoints still belong to that config.json.
  const again = await resumeRun(join("runs", "stopped"), () => {});
  expect(again.checkpoint!.config).toBe(written.toString());
  await again.close();
});
