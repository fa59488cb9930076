import { fashionMnistInfo, synthetic } from "@mlpconv/datasets";
import { recipeLines } from "@mlpconv/runs";
import { describe, expect, it } from "vitest";
import { presets } from "./presets.js";
import { fitLimit, loaderOptions, settle } from "./settings.js";

const cpu = { gpu: false, dataset: fashionMnistInfo };
const gpu = { ...cpu, gpu: true };
const asked = { engine: "auto", seed: 3, resume: false, json: false } as const;

describe("settle", () => {
  it("is the preset where nothing else was said", () => {
    const settings = settle({ ...asked, model: "alexnet", preset: "d2l" }, cpu);
    expect(settings).toEqual({ model: "alexnet", preset: "d2l", seed: 3, shards: 1, ...presets.d2l.alexnet });
  });

  it("lets every flag win over the preset", () => {
    const flags = { resize: 64, epochs: 3, batchSize: 32, learningRate: 0.5, limit: 100 };
    expect(settle({ ...asked, preset: "best", ...flags }, gpu)).toMatchObject({ model: "nin", ...flags });
  });
});

describe("settle for another data set", () => {
  const colours = { gpu: false, dataset: { shape: [20, 24, 3] as const } };

  it("takes its own size where the preset has none, and else the preset's", () => {
    expect(settle({ ...asked, model: "lenet", preset: "quick" }, cpu).resize).toBe(28);
    expect(settle({ ...asked, model: "lenet", preset: "quick" }, colours).resize).toBe(24);
    expect(settle({ ...asked, model: "lenet", preset: "quick", resize: 40 }, colours).resize).toBe(40);
    expect(settle({ ...asked, model: "alexnet", preset: "quick" }, colours).resize).toBe(96);
  });

  it("leaves a preset's limit out where there are fewer images, and refuses one that was asked for", () => {
    const few = synthetic({ train: 50, test: 10 });
    const settings = settle({ ...asked, model: "ninMnist", preset: "quick" }, colours);
    expect(settings.limit).toBe(40_000);
    expect(fitLimit(settings, {}, few)).not.toHaveProperty("limit");
    expect(fitLimit({ ...settings, limit: 50 }, { limit: 50 }, few)).toEqual({ ...settings, limit: 50 });
    expect(() => fitLimit({ ...settings, limit: 51 }, { limit: 51 }, few)).toThrow(
      "train: expected --limit to be at most 50, the training images of synthetic, got 51; leave it out",
    );
  });
});

describe("settle, part by part of the net", () => {
  it("changes what is named and keeps the rest of the preset's", () => {
    const net = { lastRelu: false, dropout: 0.2, pointwise: 1 };
    const asks = { ...asked, model: "nin", preset: "d2l" } as const;
    const changes = {
      "net.init.weights": "he",
      "net.lastRelu": false,
      "net.dropout": 0.2,
      "net.pointwise": 1,
      normalize: true,
    } as const;
    const { init } = presets.d2l.nin.net;
    expect(settle({ ...asks, ...changes }, cpu)).toEqual({
      ...settle(asks, cpu),
      normalize: true,
      net: { ...presets.d2l.nin.net, ...net, init: { ...init, weights: "he" } },
    });
  });

  it("refuses parts that the net does not have", () => {
    expect(() => settle({ ...asked, model: "lenet", "net.lastRelu": true }, cpu)).toThrow(
      "expected --last-relu with nin, ninMnist or ninCifar, got lenet",
    );
    expect(() => settle({ ...asked, model: "ninMnist", "net.pointwise": 1 }, cpu)).toThrow(
      "expected --pointwise with nin, got ninMnist",
    );
  });
});

describe("loaderOptions", () => {
  it("shuffles, mirrors and limits the training images alone", () => {
    const { train, test } = loaderOptions(
      settle({ ...asked, preset: "best", limit: 640 }, cpu),
      fashionMnistInfo,
    );
    expect(train).toEqual({
      batchSize: 64,
      seed: 3,
      resize: 96,
      normalize: { mean: [0.286], std: [0.353] },
      shuffle: true,
      flip: true,
      limit: 640,
    });
    expect(test).toEqual({ batchSize: 64, seed: 3, resize: 96, normalize: { mean: [0.286], std: [0.353] } });
  });

  it("leaves images of 28 pixels as they are", () => {
    expect(
      loaderOptions(settle({ ...asked, model: "lenet", preset: "d2l" }, cpu), fashionMnistInfo).test,
    ).toEqual({
      batchSize: 256,
      seed: 3,
    });
  });
});

describe("recipeLines", () => {
  it("say what the preset's name hides", () => {
    expect(recipeLines(settle({ ...asked, preset: "d2l" }, cpu))).toEqual([
      "10 epochs, batches of 128, SGD, learning rate 0.1",
      "Xavier initialisation, PyTorch's default biases, pixels in [0, 1], seed 3",
    ]);
    expect(recipeLines(settle({ ...asked, preset: "best", epochs: 1 }, cpu))).toEqual([
      "1 epoch, batches of 64, AdamW, learning rate 0.001, momentum 0.9, weight decay 0.05, cosine schedule, warm-up over 200 steps",
      "He initialisation, 1x1 convolutions as the identity, no ReLU after the last convolution, normalised pixels, mirrored at random, seed 3",
    ]);
  });
});
