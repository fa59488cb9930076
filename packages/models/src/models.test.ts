// Every net with every option: any size from the least up, any channels, any number of classes, and a clear error for the rest.
import { tf, useEngine } from "@mlpconv/tensor";
import { describe, expect, test } from "vitest";
import { type ModelName, models } from "./models.js";
import { recipes } from "./recipes.js";
import { summary } from "./summary.js";
import { vgg } from "./vgg.js";

await useEngine("cpu");

// Smallest image sizes, by the shape rules: NiN 11/4 then three 3/2 pools; AlexNet the same with two more pixels of padding; VGG five halvings.
const least: Record<ModelName, number> = {
  nin: 67,
  ninMnist: 4,
  ninCifar: 4,
  lenet: 12,
  alexnet: 65,
  vgg11: 32,
  vgg13: 32,
  vgg16: 32,
  vgg19: 32,
  ninBn: 67,
  googlenet: 1,
  resnet18: 1,
  resnet34: 1,
  densenet: 29,
};
const names = Object.keys(least) as ModelName[];
/** Little to compute, and nothing to draw: VGG's dense layers stay millions of weights wide. */
const light = { ratio: 16, init: { weights: "zeros", biases: "zeros" } } as const;

test("`models` has every net", () => {
  expect(Object.keys(models)).toEqual(names);
});

describe("any input", () => {
  test.each(names)("%s takes its least size, and one pixel less is an error that says so", (name) => {
    const side = least[name];
    const model = models[name]({ inputShape: [side, side, 1], ...light });
    expect(model.outputShape).toEqual([null, 10]);
    model.dispose();
    if (side === 1) return;
    const small = side - 1;
    expect(() => models[name]({ inputShape: [small, small, 1] })).toThrow(
      new RegExp(`^${name}: input ${small}x${small} is too small: .* needs at least ${side}x${side}$`),
    );
  });

  test.each(names)("%s takes oblong colour images and any number of classes", (name) => {
    const model = models[name]({ inputShape: [71, 84, 3], classes: 3, ...light });
    expect(model.inputs[0]!.shape).toEqual([null, 71, 84, 3]);
    expect(model.outputShape).toEqual([null, 3]);
    model.dispose();
  });

  test("nin at 60 pixels names the layer that does not fit", () => {
    expect(() => models.nin({ inputShape: [60, 60, 1] })).toThrow(
      'nin: input 60x60 is too small: MaxPooling2D "5" with window 3x3 gets 2x2; the net needs at least 67x67',
    );
  });
});

describe("options", () => {
  test("ratio divides the channels but not the classes, and leaves at least one channel", () => {
    const channels = (model: tf.LayersModel) =>
      summary(model)
        .rows.filter(({ type }) => type === "Conv2D")
        .map(({ outputShape }) => outputShape[2]);
    expect(channels(models.ninMnist({ ratio: 16 }))).toEqual([6, 4, 3, 8, 6, 3, 8, 6, 10]);
    expect(channels(models.ninCifar({ ratio: 1000 }))).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 10]);
    expect(channels(models.vgg11({ ratio: 4, inputShape: [32, 32, 1] }))).toEqual([
      16, 32, 64, 64, 128, 128, 128, 128,
    ]);
  });

  test.each(["nin", "ninMnist", "ninCifar"] as const)(
    "%s without its last ReLU can give negative logits",
    (name) => {
      const side = least[name];
      const sample = (lastRelu: boolean) => {
        const model = models[name]({ inputShape: [side, side, 1], lastRelu });
        const x = tf.randomUniform([2, side, side, 1], 0, 1, "float32", 1);
        return tf.min(model.apply(x) as tf.Tensor).dataSync()[0]!;
      };
      expect(sample(true)).toBeGreaterThanOrEqual(0);
      expect(sample(false)).toBeLessThan(0);
    },
  );

  test("the seed decides the weights", () => {
    const first = (seed?: number) => models.lenet({ seed }).getWeights()[0]!.dataSync();
    expect(first(0)).toEqual(first());
    expect(first(1)).not.toEqual(first(0));
  });

  test.each([
    [() => models.nin({ classes: 0 }), "nin: expected classes to be a whole number from 1 up, got 0"],
    [() => models.lenet({ classes: 2.5 }), "lenet: expected classes to be a whole number from 1 up, got 2.5"],
    [
      () => models.ninMnist({ ratio: 0 }),
      "ninMnist: expected ratio, which divides the channels, to be a number from 1 up, got 0",
    ],
    [
      () => models.vgg16({ ratio: Number.NaN }),
      "vgg16: expected ratio, which divides the channels, to be a number from 1 up, got NaN",
    ],
    [
      () => models.ninCifar({ inputShape: [32, 32, 0] }),
      "ninCifar: expected channels to be a whole number from 1 up, got 0",
    ],
    [() => models.alexnet({ dropout: 1 }), "dropout: expected rate from 0 up to, not including, 1, got 1"],
    [() => vgg({ depth: 12 as 11 }), "vgg: expected depth to be one of 11, 13, 16, 19, got 12"],
    [() => models.nin({ seed: -1 }), "got -1"],
  ])("a wrong value is named in the error (%#)", (build, message) => {
    expect(build).toThrow(message);
  });
});

describe("recipes", () => {
  test("of d2l have the chapters' settings", () => {
    const settings = (name: ModelName) => {
      const { learningRate, batchSize, resize, epochs, ratio } = recipes[name].d2l;
      return [learningRate, batchSize, resize, epochs, ratio];
    };
    expect(settings("lenet")).toEqual([0.9, 256, 28, 10, 1]);
    expect(settings("alexnet")).toEqual([0.01, 128, 224, 10, 1]);
    expect(settings("vgg11")).toEqual([0.05, 128, 224, 10, 4]);
    expect(settings("nin")).toEqual([0.1, 128, 224, 10, 1]);
    expect(settings("googlenet")).toEqual([0.1, 128, 96, 10, 1]);
    expect(settings("resnet18")).toEqual([0.05, 256, 96, 10, 1]);
  });

  test.each(names)("of %s resize to a size that fits the net", (name) => {
    const { resize, init } = recipes[name].d2l;
    expect(resize).toBeGreaterThanOrEqual(least[name]);
    expect(init).toEqual({ weights: "xavier", biases: "pytorch" });
  });
});
