// A run with every augmentation that was killed in the middle of an epoch goes on to the bits of one that was not.
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Terminal } from "@mlpconv/cli-kit";
import { loader, synthetic } from "@mlpconv/datasets";
import { filesOfRun, runData } from "@mlpconv/runs/node";
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
  parent = await mkdtemp(join(tmpdir(), "augmented-"));
  process.chdir(parent);
});
afterAll(async () => {
  process.chdir(home);
  await rm(parent, { recursive: true });
});

const data = synthetic({ train: 12, test: 4 });
const augment = "flip,shift:2,rotate:10,scale:1.25,brightness:0.2,contrast:0.2,erase:8,mixup:0.4";
const request = { engine: "auto", json: false, resume: true, model: "lenet", preset: "quick" } as const;
const settings = {
  ...resolveSettings({ ...request, augment }, { gpu: false, dataset: data }),
  epochs: 2,
  batchSize: 4,
};
const terminal: Terminal = { say: () => {}, live: () => {}, close: () => {}, colours: false, columns: 80 };

/** Starts the run, or continues it with the settings of its config.json. */
const train = async (name: string): Promise<void> => {
  const engine = await useEngine("wasm");
  const begun = (await filesOfRun(join("runs", name))).length > 0;
  const resumed = begun ? await reopen({ ...request, run: name }, terminal) : undefined;
  const machine = { engine: engine.name, device: "", data: runData(data), node: "" };
  const run = resumed?.run ?? (await openRun(name, "", { ...settings, ...machine }));
  const options = loaderOptions(resumed?.config ?? settings, data);
  const model = buildModel(settings, data);
  await runTraining({
    settings,
    engine,
    data,
    model,
    loaders: { train: loader(data.train, options.train), test: loader(data.test, options.test) },
    run,
    resumed: resumed?.run,
    saveEvery: 2,
    terminal,
    signal: new AbortController().signal,
  });
  await run.close();
  model.dispose();
};

const written = async (name: string) => ({
  weights: await readFile(join("runs", name, "last.safetensors"), "base64"),
  losses: (await readFile(join("runs", name, "events.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).loss as number),
});

it("goes on to the same bits, with the augmentations that config.json has", { timeout: 60_000 }, async () => {
  // Every run finds it, so that each makes the same calls.
  await mkdir("runs", { recursive: true });
  const { calls } = await killedAt({}, () => train("whole"));
  const expected = await written("whole");
  const config = JSON.parse(await readFile(join("runs", "whole", "config.json"), "utf8"));
  expect(config).toMatchObject({ augment });
  // After the first step of the second epoch, and before the last weights are written.
  for (const part of [0.45, 0.7]) {
    const name = `killed-${part}`;
    const { killedAt: at } = await killedAt({ n: Math.floor(calls.length * part) }, () => train(name));
    expect(at).toBeDefined();
    expect(await filesOfRun(join("runs", name))).toContain("state.safetensors");
    expect((await readFile(join("runs", name, "events.jsonl"), "utf8")).split("\n").length).toBeLessThan(
      expected.losses.length,
    );
    await train(name);
    expect(await written(name)).toEqual(expected);
  }
});
