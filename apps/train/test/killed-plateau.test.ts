// A run whose learning rate falls on a plateau, with rates of its own for the body, averaged weights and early stopping: killed at some of its changes of the
// file system, it goes on to the same bits and ends at the same epoch.
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Terminal } from "@mlpconv/cli-kit";
import { holdOut, loader, synthetic } from "@mlpconv/datasets";
import { filesOfRun, readRun, runData } from "@mlpconv/runs/node";
import { loaderOptions } from "@mlpconv/runs/recipe";
import { useEngine } from "@mlpconv/tensor";
import { killedAt } from "@mlpconv/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildModel } from "../src/train/build-model.js";
import { openRun } from "../src/train/open-run.js";
import { reopen } from "../src/train/resume.js";
import { runTraining } from "../src/train/run-training.js";
import { resolveSettings } from "../src/train/settings.js";

const home = process.cwd();
let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "killed-plateau-"));
  process.chdir(parent);
  await mkdir("runs");
});
afterAll(async () => {
  process.chdir(home);
  await rm(parent, { recursive: true });
});

const data = synthetic({ train: 20, test: 4 });
const splits = holdOut(data.train, 0.5);
const request = {
  engine: "wasm",
  json: false,
  resume: true,
  model: "lenet",
  preset: "quick",
  seed: 3,
} as const;
const settings = resolveSettings(
  {
    ...request,
    ...{ epochs: 9, batchSize: 5, learningRate: 0.01, warmup: 0, earlyStop: 4, ema: 0.5, bodyLrScale: 0.5 },
    ...{ schedule: "plateau", plateauEpochs: 1, plateauFactor: 0.5 },
  },
  { gpu: false, dataset: data },
);
const terminal: Terminal = { say: () => {}, live: () => {}, close: () => {}, colours: false, columns: 80 };

const train = async (name: string): Promise<void> => {
  const engine = await useEngine("wasm");
  const begun = (await filesOfRun(join("runs", name))).length > 0;
  const resumed = begun ? await reopen({ ...request, run: name }, terminal) : undefined;
  const machine = { engine: engine.name, device: "", data: runData(data), node: "" };
  const run = resumed?.run ?? (await openRun(name, "", { ...settings, ...machine }));
  const options = loaderOptions(settings, data);
  const model = buildModel(settings, data);
  await runTraining({
    ...{ settings, engine, data, model, run, resumed: resumed?.run, saveEvery: 1, terminal },
    loaders: {
      train: loader(splits.train, options.train),
      validation: loader(splits.validation, options.test),
      test: loader(data.test, options.test),
    },
    signal: new AbortController().signal,
  });
  await run.close();
  model.dispose();
};

const outcome = async (name: string) => {
  const { events, summary } = await readRun(join("runs", name));
  const timeless = JSON.parse(
    JSON.stringify([events, summary], (key, value) =>
      ["seconds", "examplesPerSecond", "peakRssBytes"].includes(key) ? 0 : value,
    ),
  );
  const files = ["best", "last", "average"].map((file) =>
    readFile(join("runs", name, `${file}.safetensors`)),
  );
  return { log: timeless, weights: (await Promise.all(files)).map((bytes) => bytes.toString("base64")) };
};

it("goes on to the same bits and ends at the same epoch, wherever it is killed", async () => {
  const { calls } = await killedAt({}, () => train("whole"));
  const { events, summary } = await readRun(join("runs", "whole"));
  expect(summary).toMatchObject({ interrupted: false, stopped: expect.stringContaining("in 4 epochs") });
  expect(summary!.epochs).toBeLessThan(9);
  const rates = events.flatMap((event) => (event.type === "step" ? event.learningRate : []));
  expect(new Set(rates).size).toBeGreaterThan(3);
  const expected = await outcome("whole");
  for (let n = 5; n <= calls.length; n += Math.ceil(calls.length / 7)) {
    await killedAt({ n }, () => train("killed"));
    await train("killed");
    expect(await outcome("killed"), `call ${n}, ${calls[n - 1]}`).toEqual(expected);
    await rm(join("runs", "killed"), { recursive: true });
  }
});
