// config.json: what it says of a model, the model that it builds again, and what is refused.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alexnet, lenet, nin, ninMnist } from "@mlpconv/models";
import { tf, useEngine } from "@mlpconv/tensor";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ConfigError, modelFromConfig, pretrainedConfig, StateDictError } from "../index.js";
import { fromPretrained, readSafetensorsFile, savePretrained, saveWeights } from "../node/index.js";

beforeAll(async () => void (await useEngine("cpu")));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pretrained-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const build = () => ninMnist({ inputShape: [12, 10, 2], classes: 3, ratio: 8, lastRelu: false, seed: 6 });
const options = {
  classes: ["coat", "bag", "boot"],
  modelArgs: { ratio: 8, lastRelu: false },
  mean: [0.2, 0.3],
  std: [0.5, 0.4],
  metrics: { testAccuracy: 0.5 },
};
const edit = (change: (config: Record<string, never>) => void) => {
  const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
  change(config);
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
};

test("a config has the fields of the hub's image classifiers", () => {
  expect(pretrainedConfig(build(), options)).toEqual({
    architecture: "ninMnist",
    num_classes: 3,
    model_args: { ratio: 8, lastRelu: false },
    id2label: { "0": "coat", "1": "bag", "2": "boot" },
    label2id: { coat: 0, bag: 1, boot: 2 },
    pretrained_cfg: {
      input_size: [2, 12, 10],
      interpolation: "bilinear",
      mean: [0.2, 0.3],
      std: [0.5, 0.4],
      label_names: ["coat", "bag", "boot"],
    },
    metrics: { testAccuracy: 0.5 },
  });
});

test("a config records the number of 1x1 convolutions in a block of NiN", async () => {
  const model = nin({ inputShape: [67, 67, 1], pointwise: 1 });
  const classes = Array.from({ length: 10 }, (_, i) => `class ${i}`);
  const config = pretrainedConfig(model, { classes, modelArgs: { pointwise: 1 } });
  const again = modelFromConfig(config);
  expect(again.countParams()).toBe(model.countParams());
  expect(() => pretrainedConfig(model, { classes, modelArgs: { pointwise: 1.5 } })).toThrow(
    "model_args.pointwise to be a whole number, got 1.5",
  );
});

test("a config records the batch normalisation of AlexNet", () => {
  const model = alexnet({
    inputShape: [65, 65, 1],
    batchNorm: true,
    init: { weights: "zeros", biases: "zeros" },
  });
  const classes = Array.from({ length: 10 }, (_, i) => `class ${i}`);
  const config = pretrainedConfig(model, { classes, modelArgs: { batchNorm: true } });
  expect(modelFromConfig(config).countParams()).toBe(model.countParams());
  const modelArgs = { batchNorm: 1 as unknown as boolean };
  expect(() => pretrainedConfig(model, { classes, modelArgs })).toThrow(
    "model_args.batchNorm to be true or false, got 1",
  );
});

test.each([
  ["normalized_by", "nobody", 'normalized_by "model" or "caller", got "nobody"'],
  ["background", "red", 'background "dark" or "light", got "red"'],
])("a config with an unknown %s is refused", async (key, value, message) => {
  await savePretrained(build(), folder, { ...options, background: "dark" });
  edit((config) => Object.assign((config as Record<string, object>).pretrained_cfg!, { [key]: value }));
  await expect(fromPretrained(folder)).rejects.toThrow(message);
});

describe("a folder", () => {
  test("builds the same net with the same logits", async () => {
    const model = build();
    await savePretrained(model, join(folder, "a", "b"), options);
    expect(readdirSync(join(folder, "a", "b")).sort()).toEqual(["config.json", "model.safetensors"]);
    const { model: opened, config } = await fromPretrained(join(folder, "a", "b"));
    expect(config).toEqual(pretrainedConfig(model, options));
    const { metadata } = await readSafetensorsFile(join(folder, "a", "b", "model.safetensors"));
    expect(JSON.parse(metadata.config!)).toEqual(config);
    const x = tf.randomUniform([2, 12, 10, 2], 0, 1, "float32", 1);
    const logits = (net: tf.LayersModel) => (net.predict(x) as tf.Tensor).dataSync();
    expect(logits(opened)).toEqual(logits(model));
  });

  test("with another net's weights is refused, and leaves no tensor behind", async () => {
    await savePretrained(build(), folder, options);
    const other = lenet();
    await saveWeights(other, join(folder, "model.safetensors"));
    const before = tf.memory().numTensors;
    await expect(fromPretrained(folder)).rejects.toThrow(StateDictError);
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each<[string, (config: Record<string, never>) => void, string]>([
    [
      "architecture",
      (config) => Object.assign(config, { architecture: "resnet" }),
      'nin, ninMnist, ninCifar, lenet, alexnet, vgg11, vgg13, vgg16, vgg19, ninBn, googlenet, resnet18, resnet34, densenet, got "resnet"',
    ],
    [
      "number of classes",
      (config) => Object.assign(config, { num_classes: 0 }),
      "num_classes to be a whole number from 1 up, got 0",
    ],
    ["argument", (config) => Object.assign(config, { model_args: { depth: 3 } }), 'got {"depth":3}'],
    ["list of labels", (config) => Object.assign(config, { num_classes: 4 }), "label_names of 4 classes"],
    [
      "image size",
      (config) => Object.assign(config.pretrained_cfg!, { input_size: [1, 28] }),
      "input_size [channels, height, width], got [1,28]",
    ],
    [
      "spread",
      (config) => Object.assign(config.pretrained_cfg!, { std: [1, 0] }),
      "std of 2 channels, above 0, got [1,0]",
    ],
    [
      "settings",
      (config) => Object.assign(config, { pretrained_cfg: null }),
      "pretrained_cfg to be an object, got null",
    ],
  ])("with a wrong %s is refused", async (_, change, message) => {
    await savePretrained(build(), folder, options);
    edit(change);
    await expect(fromPretrained(folder)).rejects.toThrow(ConfigError);
    await expect(fromPretrained(folder)).rejects.toThrow(message);
  });

  test("whose config.json is no JSON is refused", async () => {
    await savePretrained(build(), folder, options);
    writeFileSync(join(folder, "config.json"), "{");
    await expect(fromPretrained(folder)).rejects.toThrow(/config\.json: expected JSON, got/);
  });
});

test("a config with other classes than the model's, or of an unknown net, is an error", () => {
  expect(() => pretrainedConfig(lenet(), { classes: ["one"] })).toThrow(
    'pretrainedConfig: expected label_names of 10 classes, got ["one"]',
  );
  const stranger = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 2 })] });
  expect(() => pretrainedConfig(stranger, { classes: ["a", "b"] })).toThrow(ConfigError);
});
