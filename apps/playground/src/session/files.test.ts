// Files of the page are those of the programs, and files of PyTorch are read.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthetic } from "@mlpconv/datasets";
import { buildModel, exportOptions } from "@mlpconv/runs/recipe";
import { loadStateDict, pretrainedConfig, readSafetensors } from "@mlpconv/weights";
import { saveModel, saveOnnx, savePretrained } from "@mlpconv/weights/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSession } from "./create-session.js";
import { checkSettings } from "./network.js";
import { ignore, openSample, quickSettings, recorder, smallData, weightsOf } from "./sample.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "playground-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("saves the files that `export` writes, with the names of the classes and the test accuracy", async () => {
  const settings = quickSettings();
  const session = await openSample([settings]);
  const { seen, record } = recorder();
  await session.train(record);
  const epoch = seen.findLast((progress) => progress.type === "epoch");
  const accuracy = epoch?.type === "epoch" ? epoch.testAccuracy : undefined;
  const files = async (format: "safetensors" | "onnx" | "tfjs") =>
    Object.fromEntries((await session.save(0, format)).map(({ name, bytes }) => [name, Buffer.from(bytes)]));
  const saved = {
    safetensors: await files("safetensors"),
    onnx: await files("onnx"),
    tfjs: await files("tfjs"),
  };

  // The same weights in a program of ours.
  const data = synthetic(smallData);
  const model = buildModel(checkSettings("test", settings), data);
  const { tensors, metadata } = readSafetensors(saved.safetensors["model.safetensors"]!);
  loadStateDict(model, tensors);
  const options = exportOptions({ ...settings, data }, accuracy);
  const config = pretrainedConfig(model, options);
  expect(JSON.parse(metadata.config!)).toMatchObject({
    architecture: "ninMnist",
    metrics: { testAccuracy: accuracy },
    pretrained_cfg: { label_names: [...data.classes] },
  });
  const written = (of: string) =>
    Object.fromEntries(
      readdirSync(join(folder, of)).map((name) => [name, readFileSync(join(folder, of, name))]),
    );
  await savePretrained(model, join(folder, "safetensors"), options);
  expect(saved.safetensors).toEqual(written("safetensors"));
  await saveModel(model, join(folder, "tfjs"), { config });
  const { "config.json": _, ...tfjs } = saved.tfjs;
  expect(tfjs).toEqual(written("tfjs"));
  await saveOnnx(model, join(folder, "model.onnx"), { config });
  expect(saved.onnx["model.onnx"]).toEqual(readFileSync(join(folder, "model.onnx")));
  expect(JSON.parse(saved.onnx["config.json"]!.toString()).pretrained_cfg.normalized_by).toBe("model");
});

test("after more steps, files do not claim the accuracy of before", async () => {
  const session = await openSample();
  for (let i = 0; i < 4; i++) await session.step(ignore);
  const { metadata } = readSafetensors(await weightsOf(session));
  expect(JSON.parse(metadata.config!).metrics).toEqual({});
});

describe("loads weights", () => {
  test("of PyTorch, and gives PyTorch's logits", async () => {
    const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../../test/fixtures", name));
    const { pixels, logits } = JSON.parse(fixture("pytorch.json").toString()) as {
      pixels: number[];
      logits: number[][];
    };
    const session = await openSample([quickSettings({ normalize: false, "net.lastRelu": true })]);
    await session.load(0, new Uint8Array(fixture("pytorch.safetensors")));
    for (const [i, expected] of logits.entries()) {
      const answer = await session.classify(0, Uint8Array.from(pixels.slice(784 * i, 784 * (i + 1))));
      for (const [c, value] of expected.entries())
        expect(Math.abs(answer.logits[c]! - value)).toBeLessThan(1e-4);
    }
  });

  test("of its own, and trains on from there as from a beginning", async () => {
    const one = await openSample();
    await one.train(ignore);
    const weights = await weightsOf(one);
    const other = await openSample([quickSettings({ seed: 5 })]);
    await other.step(ignore);
    await other.load(0, weights);
    const { tensors } = readSafetensors(await weightsOf(other));
    expect(tensors).toEqual(readSafetensors(weights).tensors);
    const { seen, record } = recorder();
    await other.step(record);
    expect(seen[0]).toMatchObject({ type: "step", step: 1 });
    expect(seen[0]).not.toHaveProperty("loss", 0);
  });

  test("for other classes into all layers but those that name them", async () => {
    const weights = await weightsOf(await openSample([quickSettings({ seed: 5 })]));
    const few = createSession();
    await few.open({
      engine: "cpu",
      data: {
        source: "pictures",
        classes: ["cat", "dog", "owl"],
        shape: [28, 28, 1],
        images: Uint8Array.from({ length: 784 * 12 }, (_, i) => i % 251),
        labels: Uint8Array.from({ length: 12 }, (_, i) => i % 3),
      },
      networks: [quickSettings()],
    });
    const [before, whole] = [await weightsOf(few), readSafetensors(weights).tensors];
    const fresh = await few.load(0, weights);
    expect(fresh).toEqual(["6.4"]);
    const { tensors } = readSafetensors(await weightsOf(few));
    for (const [key, tensor] of tensors) {
      const from = fresh.some((layer) => key.startsWith(`${layer}.`))
        ? readSafetensors(before).tensors
        : whole;
      expect(tensor, key).toEqual(from.get(key));
    }
  });

  test("and refuses files that are none, or hold others, without a change", async () => {
    const session = await openSample();
    const before = await weightsOf(session);
    await expect(session.load(0, new Uint8Array([1, 2, 3]))).rejects.toThrow(/^readSafetensors: expected/);
    await expect(session.load(0, before.subarray(0, before.length - 7))).rejects.toThrow(
      /readSafetensors: expected/,
    );
    const wide = await weightsOf(await openSample([quickSettings({ "net.ratio": 8 })]));
    await expect(session.load(0, wide)).rejects.toThrow(
      /^loadStateDict: expected the 18 weights of ninMnist, got others: different 0.0.weight is \[12,1,5,5\] and not \[6,1,5,5\]/,
    );
    expect(await weightsOf(session)).toEqual(before);
  });
});
