// Real runs on real Fashion-MNIST, small enough for a test.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fashionMnist } from "@mlpconv/datasets";
import { useEngine } from "@mlpconv/tensor";
import type { TrainEvent } from "@mlpconv/trainer";
import { loadModel } from "@mlpconv/weights/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, start } from "./program.js";

const missing = await fashionMnist({ download: false }).then(
  () => undefined,
  (error: Error) => error.message,
);
if (missing) console.warn(`skipped: runs on Fashion-MNIST, because it is not on this machine\n${missing}`);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-"));
});
afterAll(() => rm(folder, { recursive: true }));

const read = async (run: string) => {
  const text = (name: string) => readFile(join(folder, "runs", run, name), "utf8");
  const lines = (await text("events.jsonl")).trimEnd().split("\n");
  return {
    files: (await readdir(join(folder, "runs", run))).sort(),
    config: JSON.parse(await text("config.json")),
    summary: JSON.parse(await text("summary.json").catch(() => "null")),
    events: lines.map((line): TrainEvent => JSON.parse(line)),
  };
};

const lenet = ["train", "--model", "lenet", "--engine", "wasm"];

describe.skipIf(missing)("train", () => {
  it("keeps config, events, summary and model, and ends with the summary as JSON", async () => {
    const args = [..."--limit 256 --epochs 2 --seed 5 --json --run small".split(" ")];
    const { code, stdout, stderr } = await run([...lenet, ...args], folder);
    expect(code).toBe(0);
    const { files, config, summary, events } = await read("small");
    expect(files.filter((name) => !name.startsWith("state."))).toEqual([
      "best.safetensors",
      "config.json",
      "events.jsonl",
      "last.safetensors",
      "model",
      "summary.json",
    ]);
    expect(config).toMatchObject({ model: "lenet", preset: "quick", seed: 5, limit: 256, epochs: 2 });
    expect(events.map(({ type }) => type)).toEqual([
      "start",
      ...["step", "step", "step", "step", "epoch"],
      ...["step", "step", "step", "step", "epoch"],
      "end",
    ]);

    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual(summary);
    expect(summary).toMatchObject({
      model: "lenet",
      preset: "quick",
      engine: "wasm",
      dataset: "fashion-mnist",
      seed: 5,
      epochs: 2,
      parameters: 61706,
      interrupted: false,
    });
    for (const figure of ["loss", "trainAccuracy", "testAccuracy", "examplesPerSecond", "seconds"]) {
      expect(summary[figure], figure).toBeGreaterThan(0);
    }
    expect(summary.testAccuracy * 10_000).toBeCloseTo(Math.round(summary.testAccuracy * 10_000), 6);
    expect(summary.peakRssBytes).toBeGreaterThan(50e6);
    expect(stderr).toContain("61,706 parameters");
    expect(stderr).toContain("256 of 60,000 training images, 10,000 test images");
    expect(stderr).toMatch(/^epoch 2\/2 {2}loss \d\.\d{3} {2}train acc \d\.\d{3} {2}test acc \d\.\d{3}/m);
  });

  it("writes event files for --tensorboard and says how to view them", async () => {
    const args = [...lenet, ..."--limit 256 --epochs 1 --tensorboard --run drawn".split(" ")];
    const { code, stdout } = await run(args, folder);
    expect(code).toBe(0);
    expect(stdout).toContain("\ncurves   tensorboard --logdir runs\n");
    for (const part of ["train", "test"]) {
      const [name, ...others] = await readdir(join(folder, "runs", "drawn", part));
      expect(others).toEqual([]);
      const bytes = await readFile(join(folder, "runs", "drawn", part, name!));
      expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
      expect(bytes.includes("accuracy")).toBe(true);
    }
  });

  it("prints the book's two lines at the end with --preset d2l, on stdout", async () => {
    const { code, stdout } = await run(
      [...lenet, "--preset", "d2l", "--limit", "256", "--epochs", "1"],
      folder,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /\nloss \d\.\d{3}, train acc \d\.\d{3}, test acc \d\.\d{3}\n\d+\.\d examples\/sec on wasm \(.*\)\n$/,
    );
  });

  it("stops at a loss of NaN with exit code 1 and a hint, and keeps the events", async () => {
    const args = [...lenet, ..."--limit 640 --lr 1e38 --run wild".split(" ")];
    const { code, stdout, stderr } = await run(args, folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(/expected a finite loss, got .* at step \d+ .*try a tenth of the learning rate/);
    expect(stdout).toContain(`the run up to here is in ${join("runs", "wild")}`);
    const { files, events } = await read("wild");
    expect(files).toEqual(["config.json", "events.jsonl"]);
    expect(events[0]!.type).toBe("start");
  });

  // Windows has no signals: a child can only be ended there, not asked to stop.
  it.skipIf(process.platform === "win32")("saves its progress on Ctrl-C, with exit code 130", async () => {
    const { child, outcome } = start([...lenet, "--epochs", "100", "--json", "--run", "stopped"], folder);
    while (child.exitCode === null && !(await steps("stopped")))
      await new Promise((done) => setTimeout(done, 50));
    child.kill("SIGINT");
    const { code, stdout, stderr } = await outcome;
    expect(stderr).toContain("interrupted; go on with: pnpm train --run stopped --resume");
    expect(code).toBe(130);
    const { summary, events } = await read("stopped");
    expect(summary).toMatchObject({ interrupted: true, epochs: 1, testAccuracy: null });
    expect(JSON.parse(stdout)).toEqual(summary);
    expect(events.at(-1)!.type).toBe("end");

    await useEngine("cpu");
    const model = await loadModel(join(folder, "runs", "stopped", "model"));
    expect(model.countParams()).toBe(61706);
  });

  const steps = async (run: string): Promise<boolean> =>
    (await readFile(join(folder, "runs", run, "events.jsonl"), "utf8").catch(() => "")).includes('"step"');
});

describe("engines", () => {
  it("lists which engines are usable, their speed, and the one that auto chooses", async () => {
    const { code, stdout, stderr } = await run(["engines", "--json"], folder);
    expect(code).toBe(0);
    const { auto, engines } = JSON.parse(stdout);
    const names = ["tensorflow-gpu", "webgpu", "native", "tensorflow", "wasm", "cpu"];
    expect(engines.map(({ name }: { name: string }) => name)).toEqual(names);
    expect(auto).toBe(engines.find(({ usable }: { usable: boolean }) => usable).name);
    for (const { usable, gigaMacsPerSecond, fix } of engines) {
      if (usable) expect(gigaMacsPerSecond).toBeGreaterThan(0);
      else expect(fix).not.toBe("");
    }
    for (const name of names) expect(stderr).toContain(name);
  });
});
