// A run that holds images out: the best weights are those of the epoch that classifies most of them right, and test images are told apart.
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EpochEvent, LoggedEvent } from "@mlpconv/trainer";
import { readSafetensorsFile } from "@mlpconv/weights/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "./program.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlpconv-"));
});
afterAll(() => rm(folder, { recursive: true }));

const train = (...more: string[]) =>
  run(
    ["train", "--engine", "wasm", "--dataset", "synthetic", "--model", "lenet", "--limit", "64", ...more],
    folder,
  );
const at = (file: string) => join(folder, "runs", "held", file);
const text = (file: string) => readFile(at(file), "utf8");
const epochs = async (): Promise<EpochEvent[]> =>
  (await text("events.jsonl"))
    .trimEnd()
    .split("\n")
    .map((line): LoggedEvent => JSON.parse(line))
    .filter((event) => event.type === "epoch");

it("train --val-share chooses the best weights by the images that are held out, and goes on to the bit", async () => {
  const flags = "--batch-size 16 --epochs 4 --val-share 0.2 --ema 0.5 --run held".split(" ");
  const { code, stdout, stderr } = await train(...flags);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("64 of 800 training images, 200 held out, 200 test images");
  expect(stdout).toContain("20% held out");
  expect(stdout).toMatch(/epoch 1\/4 .* val acc 0\.\d{3} {2}test acc 0\.\d{3}/);
  expect(stdout).toMatch(/validation accuracy 0\.\d{3}, test accuracy 0\.\d{3}/);

  expect(JSON.parse(await text("config.json"))).toMatchObject({ valShare: 0.2 });
  const tested = await epochs();
  expect(tested).toHaveLength(4);
  for (const { validationAccuracy, averageValidationAccuracy } of tested)
    for (const accuracy of [validationAccuracy!, averageValidationAccuracy!])
      expect((accuracy * 200) % 1).toBeCloseTo(0, 9);
  const { validationAccuracy, testAccuracy } = tested.at(-1)!;
  expect(JSON.parse(await text("summary.json"))).toMatchObject({ validationAccuracy, testAccuracy });
  const best = tested.reduce((a, b) => (b.validationAccuracy! > a.validationAccuracy! ? b : a));
  const { metadata } = await readSafetensorsFile(at("best.safetensors"));
  expect(metadata).toMatchObject({
    epoch: String(best.epoch),
    validationAccuracy: String(best.validationAccuracy),
    testAccuracy: String(best.testAccuracy),
  });

  const files = ["best.safetensors", "last.safetensors", "average.safetensors"];
  const before = await Promise.all(files.map((file) => readFile(at(file))));
  // As if it had been stopped in its last epoch.
  await rename(at("state.previous.safetensors"), at("state.safetensors"));
  for (const file of ["summary.json", "last.safetensors", "average.safetensors"]) await rm(at(file));
  expect(await run(["train", "--run", "held", "--resume"], folder)).toMatchObject({ code: 0 });
  expect(await Promise.all(files.map((file) => readFile(at(file))))).toEqual(before);
  const timeless = (events: EpochEvent[]) =>
    events.map((event) => ({ ...event, seconds: 0, examplesPerSecond: 0 }));
  expect(timeless(await epochs())).toEqual(timeless(tested));
});

it("train refuses a limit beyond what is not held out, and another --val-share in a run that goes on", async () => {
  expect(await train("--val-share", "0.2", "--limit", "801")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      "expected --limit to be at most 800, the training images of synthetic that are not held out, got 801",
    ),
  });
  expect(await train("--run", "held", "--resume", "--val-share", "0.3")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--val-share 0.3, and the run has 0.2"),
  });
});
