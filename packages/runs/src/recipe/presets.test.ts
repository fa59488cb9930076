import { datasetNamed } from "@mlpconv/datasets";
import { type ModelName, models } from "@mlpconv/models";
import { describe, expect, it } from "vitest";
import { presetNames } from "../settings/settings.js";
import { defaults, epochsForPictures, presets } from "./presets.js";

const modelNames = Object.keys(models) as ModelName[];

describe("presets", () => {
  it("have a recipe for every net", () => {
    for (const preset of presetNames) {
      expect(Object.keys(presets[preset]).sort()).toEqual([...modelNames].sort());
    }
  });

  it.each(presetNames.flatMap((preset) => modelNames.map((model) => [preset, model] as const)))(
    "%s has sensible figures for %s",
    (preset, model) => {
      const {
        resize = 28,
        epochs,
        batchSize,
        learningRate,
        momentum,
        limit = 60_000,
      } = presets[preset][model];
      expect(resize).toBeGreaterThanOrEqual(28);
      expect(resize).toBeLessThanOrEqual(224);
      expect(epochs).toBeGreaterThanOrEqual(1);
      expect(batchSize).toBeLessThanOrEqual(limit);
      expect(learningRate).toBeGreaterThan(0);
      expect(momentum).toBeLessThan(1);
    },
  );

  it.each([
    ["nin", 0.1, 128, 224],
    ["alexnet", 0.01, 128, 224],
    ["vgg11", 0.05, 128, 224],
    ["lenet", 0.9, 256, 28],
  ] as const)("d2l trains %s as the book does: lr %d, batches of %d, %d pixels", (model, lr, batch, side) => {
    expect(presets.d2l[model]).toEqual({
      net: {
        ratio: model === "vgg11" ? 4 : 1,
        lastRelu: true,
        init: { weights: "xavier", biases: "pytorch" },
      },
      resize: side,
      epochs: 10,
      batchSize: batch,
      optimizer: "sgd",
      learningRate: lr,
      momentum: 0,
      weightDecay: 0,
      schedule: "constant",
      warmup: 0,
      normalize: false,
      flip: false,
    });
  });

  it("best has no ReLU on the logits of NiN", () => {
    expect(presets.best.nin.net.lastRelu).toBe(false);
  });
});

describe("epochs for pictures", () => {
  const recipe = { epochs: 10, batchSize: 32 };

  it("are enough for 600 steps", () => {
    expect(epochsForPictures(recipe, 480)).toBe(40);
    expect(epochsForPictures(recipe, 1600)).toBe(12);
  });

  it("are no fewer than the preset's, and never more than 200", () => {
    expect(epochsForPictures(recipe, 60_000)).toBe(10);
    expect(epochsForPictures(recipe, 2)).toBe(200);
    expect(epochsForPictures({ epochs: 300, batchSize: 32 }, 2)).toBe(300);
  });
});

describe("defaults", () => {
  it("are a small net for a CPU and the chapter's net for a GPU", () => {
    expect(defaults({}, false)).toEqual({ model: "ninMnist", preset: "quick" });
    expect(defaults({}, true)).toEqual({ model: "nin", preset: "best" });
  });

  it("follow what was said", () => {
    expect(defaults({ preset: "d2l" }, false)).toEqual({ model: "nin", preset: "d2l" });
    expect(defaults({ preset: "quick" }, true)).toEqual({ model: "ninMnist", preset: "quick" });
    expect(defaults({ model: "lenet" }, false)).toEqual({ model: "lenet", preset: "quick" });
  });

  it("for pictures are a net that takes images of all sizes, on a CPU and on a GPU", () => {
    const photos = { name: "photos", shape: [64, 64, 3], defaults: { preset: "pictures" } } as const;
    for (const gpu of [false, true]) {
      expect(defaults({}, gpu, photos)).toEqual({ model: "ninMnist", preset: "pictures" });
    }
    expect(defaults({ preset: "best" }, true, photos)).toEqual({ model: "ninMnist", preset: "best" });
    expect(defaults({ preset: "d2l" }, false, photos)).toEqual({ model: "nin", preset: "d2l" });
  });

  it("take the net of another data set's image size, with every preset", () => {
    const modelOn = (name: string, gpu: boolean) => defaults({}, gpu, datasetNamed(name)).model;
    for (const gpu of [false, true]) {
      expect(modelOn("mnist", gpu)).toBe("ninMnist");
      expect(modelOn("emnist-letters", gpu)).toBe("ninMnist");
      expect(modelOn("cifar10", gpu)).toBe("ninCifar");
      expect(modelOn("cifar100", gpu)).toBe("ninCifar");
    }
    expect(modelOn("fashion-mnist", true)).toBe("nin");
    expect(defaults({ model: "lenet" }, true, datasetNamed("cifar10")).model).toBe("lenet");
    expect(defaults({}, true, { name: "colours", shape: [20, 24, 3] }).model).toBe("nin");
  });
});
