import { datasetNamed, fashionMnistInfo, flip, mixup, shift, synthetic } from "@mlpconv/datasets";
import { recipeLines } from "@mlpconv/runs";
import { buildModel, loaderOptions, presets } from "@mlpconv/runs/recipe";
import { describe, expect, it } from "vitest";
import { fitEpochs, fitLimit, resolveSettings } from "./settings.js";

const cpu = { gpu: false, dataset: fashionMnistInfo };
const gpu = { ...cpu, gpu: true };
const asked = { engine: "auto", seed: 3, resume: false, json: false } as const;

describe("resolveSettings", () => {
  it("is the preset where nothing else was said", () => {
    const settings = resolveSettings({ ...asked, model: "alexnet", preset: "d2l" }, cpu);
    expect(settings).toEqual({ model: "alexnet", preset: "d2l", seed: 3, shards: 1, ...presets.d2l.alexnet });
  });

  it("lets every flag win over the preset", () => {
    const flags = { resize: 64, epochs: 3, batchSize: 32, learningRate: 0.5, limit: 100 };
    expect(resolveSettings({ ...asked, preset: "best", ...flags }, gpu)).toMatchObject({
      model: "nin",
      ...flags,
    });
  });

  it.each([
    [{ optimizer: "adam" }, "expected --weight-decay 0 with --optimizer adam, got 0.05"],
    [{ optimizer: "nesterov", momentum: 0 }, "expected --momentum above 0 with --optimizer nesterov"],
    [{ schedule: "one-cycle" }, "expected --warmup below 1, the share of steps"],
    [
      { optimizer: "rmsprop" },
      "expected --lr with --optimizer rmsprop, got the 0.001 of preset best, which is for adamw",
    ],
    [
      { model: "lenet", preset: "quick", optimizer: "adam" },
      "got the 0.1 of preset quick, which is for sgd; pass",
    ],
    [
      { preset: "d2l", optimizer: "adam", learningRate: 0.001 },
      "expected --momentum, its beta1, with --optimizer adam, got the 0 of preset d2l; pass --momentum 0.9",
    ],
    [
      { preset: "d2l", schedule: "one-cycle" },
      "expected --warmup above 0, the share of steps in which the rate rises, with --schedule one-cycle, got 0; pass --warmup 0.3",
    ],
    [{ power: 3 }, "expected --power with --schedule polynomial, got cosine; leave it out"],
    [{ plateauEpochs: 2 }, "expected --plateau-epochs with --schedule plateau, got cosine; leave it out"],
    [
      { schedule: "polynomial", plateauFactor: 0.5 },
      "expected --plateau-factor with --schedule plateau, got polynomial",
    ],
    [
      { preset: "d2l", optimizer: "muon", learningRate: 0.001 },
      "expected --momentum with --optimizer muon, got the 0 of preset d2l; pass --momentum 0.95",
    ],
    [{ freeze: "body" }, "expected --freeze with --init-from, got none; leave it out"],
    [
      { model: "lenet", "net.init.weights": "dirac" },
      "expected --init dirac with nin, ninCifar, ninBn or googlenet, got lenet; leave it out",
    ],
    [{ "net.init.weights": "dirac", "net.pointwise": 0 }, "expected --pointwise above 0 with --init dirac"],
    [
      { normalizeBy: "imagenet" },
      "expected images of 3 channels for --normalize-by imagenet, got 1; leave it out",
    ],
    [{ cycles: 2 }, "expected --cycles with --schedule restarts, got cosine; leave it out"],
  ] as const)("refuses settings that do not go together: %j", (changes, message) =>
    expect(() => resolveSettings({ ...asked, preset: "best", ...changes }, cpu)).toThrow(message),
  );
});

it("leaves a preset's identity start to a net without 1x1 convolutions", () => {
  const settings = resolveSettings({ ...asked, model: "nin", preset: "best", "net.pointwise": 0 }, gpu);
  expect(settings.net).toMatchObject({ init: { weights: "dirac" }, pointwise: 0 });
});

describe("resolveSettings for another data set", () => {
  const colours = { gpu: false, dataset: { shape: [20, 24, 3] as const } };

  it("normalises by ImageNet's statistics only where pixels are normalised", () => {
    const of = (changes: object) =>
      resolveSettings({ ...asked, ...changes, normalizeBy: "imagenet" }, colours);
    expect(of({ preset: "best" })).toMatchObject({ normalize: true, normalizeBy: "imagenet" });
    expect(() => of({ preset: "d2l" })).toThrow(
      "expected --normalize with --normalize-by imagenet, got pixels in [0, 1]; pass --normalize",
    );
  });

  it("takes its own size where the preset has none, and else the preset's", () => {
    expect(resolveSettings({ ...asked, model: "lenet", preset: "quick" }, cpu).resize).toBe(28);
    expect(resolveSettings({ ...asked, model: "lenet", preset: "quick" }, colours).resize).toBe(24);
    expect(resolveSettings({ ...asked, model: "lenet", preset: "quick", resize: 40 }, colours).resize).toBe(
      40,
    );
    expect(resolveSettings({ ...asked, model: "alexnet", preset: "quick" }, colours).resize).toBe(96);
  });

  it("mirrors no digits and letters unless it is asked to", () => {
    const flipOn = (name: string, flip?: boolean) =>
      resolveSettings(
        { ...asked, preset: "best", ...(flip !== undefined && { flip }) },
        { gpu: true, dataset: datasetNamed(name) },
      ).flip;
    expect(["mnist", "kmnist", "emnist-letters"].map((name) => flipOn(name))).toEqual([false, false, false]);
    expect(["fashion-mnist", "cifar10"].map((name) => flipOn(name))).toEqual([true, true]);
    expect(flipOn("mnist", true)).toBe(true);
  });

  it("leaves a preset's limit out where there are fewer images, and refuses one that was asked for", () => {
    const few = synthetic({ train: 50, test: 10 });
    const settings = resolveSettings({ ...asked, model: "ninMnist", preset: "quick" }, colours);
    expect(settings.limit).toBe(40_000);
    expect(fitLimit(settings, {}, few)).not.toHaveProperty("limit");
    expect(fitLimit({ ...settings, limit: 50 }, { limit: 50 }, few)).toEqual({ ...settings, limit: 50 });
    expect(() => fitLimit({ ...settings, limit: 51 }, { limit: 51 }, few)).toThrow(
      "train: expected --limit to be at most 50, the training images of synthetic, got 51; leave it out",
    );
  });
});

describe("fitEpochs", () => {
  const { train } = synthetic({ train: 480, test: 10 });
  const folder = { path: "photos", behind: "white" } as const;
  const settled = resolveSettings({ ...asked, preset: "pictures" }, cpu);

  it("gives a folder of pictures the epochs that make enough steps, of the images that are trained on", () => {
    expect(fitEpochs(settled, {}, { folder, train }).epochs).toBe(40);
    expect(fitEpochs({ ...settled, limit: 240 }, {}, { folder, train }).epochs).toBe(75);
    const quick = resolveSettings({ ...asked, preset: "quick" }, cpu);
    expect(fitEpochs({ ...quick, limit: 480 }, {}, { folder, train }).epochs).toBe(40);
  });

  it("leaves what was asked for, the book's recipe and other data sets as they are", () => {
    expect(fitEpochs({ ...settled, epochs: 3 }, { epochs: 3 }, { folder, train }).epochs).toBe(3);
    expect(fitEpochs({ ...settled, preset: "d2l" }, {}, { folder, train }).epochs).toBe(10);
    expect(fitEpochs(settled, {}, { train }).epochs).toBe(10);
  });
});

describe("resolveSettings, part by part of the net", () => {
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
    expect(resolveSettings({ ...asks, ...changes }, cpu)).toEqual({
      ...resolveSettings(asks, cpu),
      normalize: true,
      net: { ...presets.d2l.nin.net, ...net, init: { ...init, weights: "he" } },
    });
  });

  it("refuses parts that the net does not have", () => {
    expect(() => resolveSettings({ ...asked, model: "lenet", "net.lastRelu": true }, cpu)).toThrow(
      "expected --last-relu with nin, ninMnist, ninCifar or ninBn, got lenet",
    );
    expect(() => resolveSettings({ ...asked, model: "ninMnist", "net.pointwise": 1 }, cpu)).toThrow(
      "expected --pointwise with nin or ninBn, got ninMnist",
    );
    expect(() => resolveSettings({ ...asked, model: "nin", "net.ratio": 2 }, cpu)).toThrow(
      "expected --ratio with ninMnist, ninCifar, vgg11, vgg13, vgg16 or vgg19, got nin",
    );
  });

  it("divides the channels of the nets that can be narrower", () => {
    const narrow = resolveSettings({ ...asked, model: "ninMnist", preset: "best", "net.ratio": 8 }, cpu);
    expect(narrow.net).toEqual({ ...presets.best.ninMnist.net, ratio: 8 });
    expect(buildModel(narrow, fashionMnistInfo).countParams()).toBeLessThan(10_000);
  });
});

it("refuses augmentations that do not fit the images, and flip with --no-flip", () => {
  expect(() => resolveSettings({ ...asked, augment: "flip,shift:2", flip: false }, cpu)).toThrow(
    "expected --augment without flip with --no-flip, got flip,shift:2; leave out one of the two",
  );
  expect(() => resolveSettings({ ...asked, augment: "shift:28" }, cpu)).toThrow(
    "expected shift of --augment to move by less than the 28 pixels of the shorter side, got shift:28 for images of 28x28 pixels; give at most 27",
  );
  expect(resolveSettings({ ...asked, augment: "flip", flip: true }, cpu)).toMatchObject({
    augment: "flip",
    flip: true,
  });
});

describe("loaderOptions", () => {
  it("shuffles, mirrors and limits the training images alone", () => {
    const { train, test } = loaderOptions(
      resolveSettings({ ...asked, preset: "best", limit: 640 }, cpu),
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

  it("augments the training images alone, and flips them once", () => {
    const settled = (changes: object) =>
      resolveSettings({ ...asked, model: "lenet", preset: "d2l", ...changes }, cpu);
    const options = (changes: object) => loaderOptions(settled(changes), fashionMnistInfo);
    const { train, test } = options({ augment: "shift:2,mixup:0.2" });
    expect(train).toMatchObject({ flip: false, augment: [shift(2), mixup(0.2)] });
    expect(test).toEqual(options({}).test);
    expect(options({ augment: "flip,shift:2" }).train).toMatchObject({
      flip: false,
      augment: [flip(), shift(2)],
    });
    expect(options({ augment: "flip,shift:2", flip: true }).train).toMatchObject({
      flip: true,
      augment: [shift(2)],
    });
    expect(options({}).train).not.toHaveProperty("augment");
  });

  it("leaves images of 28 pixels as they are", () => {
    expect(
      loaderOptions(resolveSettings({ ...asked, model: "lenet", preset: "d2l" }, cpu), fashionMnistInfo).test,
    ).toEqual({
      batchSize: 256,
      seed: 3,
    });
  });
});

describe("recipeLines", () => {
  it("say what the preset's name hides", () => {
    expect(recipeLines(resolveSettings({ ...asked, preset: "d2l" }, cpu))).toEqual([
      "10 epochs, batches of 128, SGD, learning rate 0.1",
      "Xavier initialisation, PyTorch's default biases, pixels in [0, 1], seed 3",
    ]);
    expect(recipeLines(resolveSettings({ ...asked, preset: "best", epochs: 1 }, cpu))).toEqual([
      "1 epoch, batches of 64, AdamW, learning rate 0.001, momentum 0.9, weight decay 0.05, cosine schedule, warm-up over 200 steps",
      "He initialisation, 1x1 convolutions as the identity, no ReLU after the last convolution, normalised pixels, mirrored at random, seed 3",
    ]);
    expect(
      recipeLines(resolveSettings({ ...asked, preset: "d2l", augment: "shift:2,erase:8" }, cpu))[1],
    ).toBe(
      "Xavier initialisation, PyTorch's default biases, pixels in [0, 1], augmentation shift:2,erase:8, seed 3",
    );
  });
});
