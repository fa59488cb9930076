// The data set in config.json, and runs that were written before it was an object.
import { fashionMnistInfo } from "@mlpconv/datasets/info";
import { describe, expect, it } from "vitest";
import { checkTrainedConfig } from "../node/trained-config.js";
import { inTodaysForm } from "./data.js";
import { parseConfig } from "./parse.js";

/** A config.json as it was written when there was one data set. */
const before = `{
  "model": "ninMnist",
  "preset": "quick",
  "seed": 0,
  "resize": 28,
  "optimizer": "sgd",
  "momentum": 0.9,
  "schedule": "cosine",
  "normalize": true,
  "flip": false,
  "epochs": 1,
  "batchSize": 32,
  "learningRate": 0.03,
  "weightDecay": 0,
  "warmup": 0.1,
  "net": {
    "lastRelu": false,
    "ratio": 3,
    "dropout": 0,
    "init": {
      "weights": "he",
      "biases": "zeros"
    }
  },
  "limit": 256,
  "engine": "native",
  "device": "AVX2, 2 threads",
  "dataset": "fashion-mnist",
  "dataSha256": "4c8a2d",
  "node": "v20.20.0"
}
`;

const today = {
  name: "fashion-mnist",
  classes: [...fashionMnistInfo.classes],
  shape: [28, 28, 1],
  mean: [0.286],
  std: [0.353],
  background: "dark",
  examples: { train: 60_000, test: 10_000 },
  sha256: "4c8a2d",
};

describe("a config.json of an earlier version", () => {
  it("is read with the facts of Fashion-MNIST, and everything else as it is", () => {
    const { dataset: _, dataSha256: __, ...others } = JSON.parse(before);
    expect(checkTrainedConfig(JSON.parse(before), "config.json")).toEqual({
      ...others,
      shards: 1,
      data: today,
    });
    expect(parseConfig(before, "config.json")).toEqual({ ...others, data: today });
  });

  it("is read with Fashion-MNIST's facts for synthetic images too, whose number it does not contain", () => {
    const drawn = checkTrainedConfig(JSON.parse(before.replace("fashion-mnist", "synthetic")), "config.json");
    const { examples: _, ...facts } = today;
    expect(drawn.data).toEqual({ ...facts, name: "synthetic" });
    expect(drawn.data).not.toHaveProperty("examples");
  });

  it("keeps the name of a data set that no program of ours trained on", () => {
    const text = '{"model":"nin","dataset":"shapes","dataSha256":"11"}';
    expect(parseConfig(text, "config.json")).toEqual({
      model: "nin",
      data: { name: "shapes", sha256: "11" },
    });
    expect(() =>
      checkTrainedConfig(JSON.parse(before.replace("fashion-mnist", "shapes")), "config.json"),
    ).toThrow(/config\.json, data\.classes: expected a value, got none/);
  });

  it("may lack the hash", () => {
    expect(parseConfig('{"model":"nin","dataset":"fashion-mnist"}', "config.json").data).toEqual({
      ...today,
      sha256: undefined,
    });
  });
});

describe("a config.json of this version", () => {
  const config = { ...JSON.parse(before), data: today };
  delete config.dataset;
  delete config.dataSha256;
  const refused = (changes: object, message: RegExp) => {
    const changed = { ...config, data: { ...today, ...changes } };
    expect(() => checkTrainedConfig(changed, "config.json")).toThrow(message);
  };

  it("is read as it is", () => {
    expect(inTodaysForm(config)).toBe(config);
    expect(checkTrainedConfig(config, "config.json")).toEqual({ ...config, shards: 1 });
  });

  it("may not have both forms", () => {
    const both = { ...config, dataset: "fashion-mnist" };
    expect(() => checkTrainedConfig(both, "config.json")).toThrow(/dataset: expected no field of that name/);
  });

  it("is refused with the name of the invalid field", () => {
    refused({ classes: [] }, /data\.classes: expected at least 1, got 0/);
    refused({ classes: ["bag", "bag"] }, /data\.classes: expected names that differ from each other/);
    refused({ shape: [28, 28] }, /data\.shape\.2: expected a number, got none/);
    refused({ shape: [28, 0, 1] }, /data\.shape\.1: expected at least 1, got 0/);
    refused({ shape: [28, 28, 3] }, /data: expected a mean and a standard deviation for each channel/);
    refused({ std: [0] }, /data\.std\.0: expected above 0, got 0/);
    refused({ background: "grey" }, /data\.background: expected one of "dark", "light", got "grey"/);
    refused({ garments: 10 }, /data\.garments: expected no field of that name/);
  });
});

it.each([null, 3, "fashion-mnist", [], {}, { model: "nin" }])(
  "a value that is no config.json stays as it is: %j",
  (value) => {
    expect(inTodaysForm(value)).toBe(value);
  },
);
