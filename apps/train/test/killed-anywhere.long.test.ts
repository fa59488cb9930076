// A run that is killed at the n-th change of the file system goes on to the same bits: for each third n, with `KILLS=all` for every one. Each
// fourth trial is killed a second time as it goes on, and each fourth write is also killed in its middle; `KILLS=all` does both everywhere.
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Terminal } from "@mlpconv/cli-kit";
import { loader, synthetic } from "@mlpconv/datasets";
import type { Evaluation } from "@mlpconv/runs";
import { filesOfRun, runData, writeEvaluation } from "@mlpconv/runs/node";
import { loaderOptions } from "@mlpconv/runs/recipe";
import { type Engine, useEngine } from "@mlpconv/tensor";
import { killedAt } from "@mlpconv/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exportRun } from "../src/export/export-run.js";
import { buildModel } from "../src/train/build-model.js";
import { openRun, withTensorBoard } from "../src/train/open-run.js";
import { reopen } from "../src/train/resume.js";
import { runTraining } from "../src/train/run-training.js";
import { resolveSettings } from "../src/train/settings.js";

const home = process.cwd();
let parent: string;
let engine: Engine;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "killed-"));
  process.chdir(parent);
  engine = await useEngine("native").catch(() => useEngine("wasm"));
});
afterAll(async () => {
  process.chdir(home);
  await rm(parent, { recursive: true });
});

const data = synthetic({ train: 8, test: 4 });
const request = {
  engine: "auto",
  json: false,
  resume: true,
  model: "lenet",
  preset: "quick",
  seed: 3,
} as const;
const settings = { ...resolveSettings(request, { gpu: false, dataset: data }), epochs: 2, batchSize: 4 };
const terminal: Terminal = { say: () => {}, live: () => {}, close: () => {}, colours: false, columns: 80 };
const signal = new AbortController().signal;

/** What `train` does on data of a moment: begins the run, or goes on with it. */
const train = async (name: string, tensorboard = false): Promise<void> => {
  await useEngine(engine.name);
  const begun = (await filesOfRun(join("runs", name))).length > 0;
  const resumed = begun ? await reopen({ ...request, run: name }, terminal) : undefined;
  const machine = { engine: engine.name, device: "", data: runData(data), node: "" };
  const opened = resumed?.run ?? (await openRun(name, "", { ...settings, ...machine }));
  const run = tensorboard ? await withTensorBoard(opened) : opened;
  const options = loaderOptions(settings, data);
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
    signal,
  });
  await run.close();
  model.dispose();
};

const evaluation: Evaluation = {
  ...{ run: "r", model: "lenet", weights: "best", epoch: 1, engine: "wasm", dataset: "d" },
  ...{ examples: 0, loss: 0, accuracy: 0, classes: [], confusion: [], seconds: 0 },
};

const exportTo = (to: "onnx" | "safetensors" | "tfjs") => async (run: string) => {
  const folder = join("exports", to);
  // Who exports again names a folder that is not there, or removes it first.
  await rm(folder, { recursive: true, force: true });
  await exportRun({ run, weights: undefined, to, folder, json: false, foldBatchNorm: false }, terminal);
};

/** What the programs write of a run that is there. */
const others = {
  evaluate: (run: string) => writeEvaluation(join("runs", run), { ...evaluation, run }),
  "export to tfjs": exportTo("tfjs"),
  "export to safetensors": exportTo("safetensors"),
  "export to onnx": exportTo("onnx"),
};

const clocks = ["seconds", "examplesPerSecond", "peakRssBytes"];
const timeless = (text: string) => JSON.parse(text, (key, value) => (clocks.includes(key) ? 0 : value));

/** All files below a folder, but for what the clock says. */
const contents = async (folder: string): Promise<Record<string, unknown>> => {
  const files: Record<string, unknown> = {};
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const key = path.slice(folder.length + 1);
    // A checkpoint holds the clock; that it is whole and of the same weights shows in what comes after.
    if (entry.name.startsWith("state.") || entry.name.endsWith(".tmp")) continue;
    const bytes = await readFile(path);
    if (/^(events\.jsonl|summary\.json)$/.test(entry.name))
      files[key] = bytes
        .toString("utf8")
        .split(/\n(?=[{]|$)/)
        .filter(Boolean)
        .map(timeless);
    else if (entry.name !== "evaluation.json") files[key] = bytes.toString("base64");
  }
  return files;
};

const often = process.env.KILLS === "all" ? 1 : 4;

/** Each call, and of writes some in their middle too. */
const killsOf = (calls: readonly string[]) => {
  const writes = calls.flatMap((call, i) => (/^(write|append)/.test(call) ? [i + 1] : []));
  return [
    ...calls.map((call, i) => ({ n: i + 1, half: false, where: `before call ${i + 1}, ${call}` })),
    ...writes
      .filter((_, i) => i % often === 0)
      .map((n) => ({ n, half: true, where: `in call ${n}, ${calls[n - 1]}` })),
  ];
};

const temporaries = async (folder: string) => {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".tmp") || name.endsWith(".lock"));
};

it("a run goes on to the same bits wherever it is killed", { timeout: 600_000 }, async () => {
  // Every run finds it, so that each makes the same calls.
  await mkdir("runs", { recursive: true });
  await rm(join("runs", "whole"), { recursive: true, force: true });
  const { calls } = await killedAt({}, () => train("whole"));
  expect(calls).toEqual(
    expect.arrayContaining([
      "mkdir",
      "open",
      "truncate",
      "write",
      "writeFile",
      "appendFile",
      "sync",
      "rename",
      "rm",
    ]),
  );
  const expected = await contents(join("runs", "whole"));
  expect(Object.keys(expected)).toEqual(
    expect.arrayContaining([
      "last.safetensors",
      "best.safetensors",
      "summary.json",
      join("model", "model.json"),
    ]),
  );
  // Three shares no factor with the calls of a step, so that each kind of call comes.
  const kills = killsOf(calls).filter((_, i) => i % (often === 1 ? 1 : 3) === 0);
  for (const [i, { where, ...kill }] of kills.entries()) {
    const name = `killed-${i}`;
    const { killedAt: at } = await killedAt(kill, () => train(name));
    expect(at, where).toBe(calls[kill.n - 1]);
    if (i % often === 0) await killedAt({ n: 1 + ((i * 7) % 60) }, () => train(name));
    await train(name).catch((error) => expect.unreachable(`killed ${where}: ${error.stack}`));
    expect(await contents(join("runs", name)), where).toEqual(expected);
    expect(await temporaries(join("runs", name)), where).toEqual([]);
    await rm(join("runs", name), { recursive: true });
  }
  console.log(`killed at ${kills.length} places`);
});

it("a run with curves for TensorBoard does so too, whatever is left of the curves", async () => {
  const curves = /^(train|test)[/\\]/;
  const withoutCurves = async (folder: string) =>
    Object.fromEntries(Object.entries(await contents(folder)).filter(([name]) => !curves.test(name)));
  const { calls } = await killedAt({}, () => train("curves", true));
  const expected = await withoutCurves(join("runs", "curves"));
  // Seven shares no factor with the calls of a step, so that each kind of call comes.
  for (let n = 1; n <= calls.length; n += often === 1 ? 1 : 7) {
    const name = `curves-${n}`;
    const where = `call ${n}, ${calls[n - 1]}`;
    await killedAt({ n, half: n % 2 === 0 }, () => train(name, true));
    await train(name, true).catch((error) => expect.unreachable(`killed at ${where}: ${error.stack}`));
    expect(await withoutCurves(join("runs", name)), where).toEqual(expected);
    await rm(join("runs", name), { recursive: true });
  }
});

it.each(Object.entries(others))("%s does its work again wherever it was killed", async (_, program) => {
  const run = "done";
  await train(run);
  await mkdir("exports", { recursive: true });
  const { calls } = await killedAt({}, () => program(run));
  const all = async () => [await contents("exports"), await contents(join("runs", run))];
  const expected = await all();
  for (const { where, ...kill } of killsOf(calls)) {
    const { killedAt: at } = await killedAt(kill, () => program(run));
    expect(at, where).toBe(calls[kill.n - 1]);
    await program(run).catch((error) => expect.unreachable(`killed ${where}: ${error.stack}`));
    expect(await all(), where).toEqual(expected);
    expect(await temporaries("exports"), where).toEqual([]);
  }
  await train(run);
  expect(await temporaries(join("runs", run))).toEqual([]);
});
