// The names of classes in every exported file: any script, any number, in their order.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ninMnist } from "@mlpconv/models";
import { useEngine } from "@mlpconv/tensor";
import { classNames } from "@mlpconv/testing";
import { InferenceSession } from "onnxruntime-node";
import { PbfReader } from "pbf";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { exportOnnx, type PretrainedConfig, pretrainedConfig, rawPixels } from "../src/index.js";
import { fromPretrained, loadModel, saveModel, savePretrained } from "../src/node/index.js";

beforeAll(async () => void (await useEngine("cpu")));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "classes-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** The metadata of an ONNX file, read by the field numbers of onnx.proto alone. */
const onnxMetadata = (file: Uint8Array): Record<string, string> => {
  const notes: [string, string][] = [];
  new PbfReader(file).readFields((tag, _, model) => {
    if (tag !== 14) return;
    const note: [string, string] = ["", ""];
    model!.readMessage((field, __, entry) => {
      note[field - 1] = entry!.readString();
    }, note);
    notes.push(note);
  }, null);
  return Object.fromEntries(notes);
};

describe.each([2, 200, 1000])("%i classes in any script", (count) => {
  const names = classNames(count);
  const build = () => ninMnist({ inputShape: [12, 12, 3], classes: count, ratio: 16, seed: 6 });
  const options = { classes: names, modelArgs: { ratio: 16 }, mean: [0.2, 0.3, 0.4], std: [0.5, 0.4, 0.3] };
  const expectNames = (config: PretrainedConfig) => {
    expect(config.num_classes).toBe(count);
    expect(config.pretrained_cfg.label_names).toEqual(names);
    expect(Object.keys(config.id2label)).toEqual(names.map((_, i) => String(i)));
    expect(Object.values(config.id2label)).toEqual(names);
    for (const [i, name] of names.entries()) {
      expect(Object.hasOwn(config.label2id, name), name).toBe(true);
      expect(Object.getOwnPropertyDescriptor(config.label2id, name)!.value).toBe(i);
    }
  };

  test("come back from config.json beside safetensors", async () => {
    await savePretrained(build(), folder, options);
    const { model, config } = await fromPretrained(folder);
    expect(model.outputShape).toEqual([null, count]);
    expectNames(config);
  });

  test("are in the metadata of a tfjs model, as tfjs gives them back", async () => {
    const model = build();
    const config = pretrainedConfig(model, options);
    await saveModel(model, folder, { config });
    const { userDefinedMetadata } = JSON.parse(await readFile(join(folder, "model.json"), "utf8"));
    expectNames(userDefinedMetadata);
    const loaded = await loadModel(folder);
    expectNames(loaded.getUserDefinedMetadata() as unknown as PretrainedConfig);
    expect(loaded.getUserDefinedMetadata()).toEqual(rawPixels(config));
  });

  test("are in the metadata of an ONNX file, which the runtime opens", async () => {
    const model = build();
    const file = await exportOnnx(model, { config: pretrainedConfig(model, options) });
    expectNames(JSON.parse(onnxMetadata(file).config!));
    const session = await InferenceSession.create(file);
    expect(session.outputMetadata).toEqual([
      { name: "logits", isTensor: true, type: "float32", shape: ["batch", count] },
    ]);
    await session.release();
  });
});
