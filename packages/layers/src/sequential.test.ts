// What `sequential` adds to the blocks: PyTorch's names, seeds and initialisers, and the check of the image's size.
import { tf, useEngine } from "@mlpconv/tensor";
import { describe, expect, test } from "vitest";
import { conv2d } from "./conv2d.js";
import { dense } from "./dense.js";
import { dropout } from "./dropout.js";
import { flatten } from "./flatten.js";
import { type Init, InputSizeError, type Layer } from "./index.js";
import { ninBlock } from "./nin-block.js";
import { avgPool, globalAvgPool, maxPool } from "./pool.js";
import { sequential } from "./sequential.js";
import { vggBlock } from "./vgg-block.js";

await useEngine("cpu");

const names = (inputShape: number[], blocks: Layer[][]) =>
  sequential({ inputShape }, blocks).layers.map(({ name }) => name);

describe("names", () => {
  test("count ReLU as a module, as PyTorch does", () => {
    const blocks = [
      conv2d(2, { kernel: 3 }),
      maxPool(2),
      conv2d(2, { kernel: 3, activation: "linear" }),
      flatten(),
      dense(3),
    ];
    expect(names([12, 12, 1], blocks)).toEqual(["0", "2", "3", "4", "5"]);
  });

  test("number the members of a block within it", () => {
    const blocks = [
      ninBlock(2, { kernel: 3 }),
      dropout(0.5),
      vggBlock(1, 2),
      vggBlock(2, 2),
      globalAvgPool(),
      dense(2),
    ];
    expect(names([12, 12, 1], blocks)).toEqual([
      "0.0",
      "0.2",
      "0.4",
      "1",
      "2.0",
      "2.2",
      "3.0",
      "3.2",
      "3.4",
      "4",
      "6",
    ]);
  });

  test("let zero padding belong to its convolution", () => {
    const blocks = [conv2d(2, { kernel: 3, padding: 2 }), ninBlock(2, { kernel: 3, stride: 2, padding: 1 })];
    expect(names([12, 12, 1], blocks)).toEqual(["0.pad", "0", "2.0.pad", "2.0", "2.2", "2.4"]);
  });

  test("go to layers of stock tfjs as well", () => {
    expect(
      names([6, 6, 1], [conv2d(2, { kernel: 3 }), [tf.layers.batchNormalization()], avgPool(2)]),
    ).toEqual(["0", "2", "3"]);
  });
});

describe("weights", () => {
  const weights = async (options: { seed?: number; init?: Init }) => {
    const model = sequential({ inputShape: [6, 6, 4], ...options }, [
      conv2d(64, { kernel: 3 }),
      conv2d(64, { kernel: 3, activation: "linear" }),
      globalAvgPool(),
      dense(50),
    ]);
    return Promise.all(model.getWeights().map((tensor) => tensor.data()));
  };
  const spread = (values: ArrayLike<number>) =>
    Math.sqrt(Array.from(values).reduce((sum, v) => sum + v * v, 0) / values.length);

  test("are the same for the same seed and differ for another, with 0 a seed like any other", async () => {
    const first = await weights({ seed: 0 });
    expect(await weights({})).toEqual(first);
    expect((await weights({ seed: 1 }))[0]).not.toEqual(first[0]);
  });

  test("differ from layer to layer", async () => {
    const [first, , second] = await weights({});
    expect(second!.slice(0, 8)).not.toEqual(first!.slice(0, 8));
  });

  test("start with He's spread sqrt(2 / fanIn) and zero biases", async () => {
    const [w0, b0, w1, , w2] = await weights({});
    expect(spread(w0!) / Math.sqrt(2 / 36)).toBeCloseTo(1, 1);
    expect(spread(w1!) / Math.sqrt(2 / 576)).toBeCloseTo(1, 1);
    expect(spread(w2!) / Math.sqrt(2 / 64)).toBeCloseTo(1, 1);
    expect(spread(b0!)).toBe(0);
  });

  test("start with Xavier's bound and PyTorch's default biases when asked", async () => {
    const [w0, b0, , , w2, b2] = await weights({ init: { weights: "xavier", biases: "pytorch" } });
    const largest = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs));
    expect(largest(w0!) / Math.sqrt(6 / (36 + 576))).toBeCloseTo(1, 1);
    expect(largest(w2!) / Math.sqrt(6 / (64 + 50))).toBeCloseTo(1, 1);
    expect(largest(b0!)).toBeLessThanOrEqual(1 / 6);
    expect(largest(b0!)).toBeGreaterThan(0.8 / 6);
    expect(largest(b2!)).toBeLessThanOrEqual(1 / 8);
    expect(largest(b2!)).toBeGreaterThan(0.8 / 8);
  });

  test("AlexNet's 38 million dense weights are drawn in seconds", () => {
    const start = performance.now();
    const model = sequential({ inputShape: [6400] }, [dense(4096), dense(4096 - 1024)]);
    expect(performance.now() - start).toBeLessThan(15_000); // 2 s on an idle core
    model.dispose();
  });

  test("an unknown rule is an error", () => {
    const init = { weights: "kaiming", biases: "zeros" } as unknown as Init;
    expect(() => sequential({ inputShape: [4], init }, [dense(2)])).toThrow(
      'init: expected weights "he", "xavier", "dirac" or "zeros", got "kaiming"',
    );
  });
});

describe("a saved model", () => {
  test("names only classes and initialisers of stock tfjs", () => {
    const model = sequential({ inputShape: [10, 9, 1], init: { weights: "xavier", biases: "pytorch" } }, [
      conv2d(2, { kernel: 3, padding: 2 }),
      maxPool(3, { stride: 2, ceil: true }),
      dropout(0.5),
      flatten(),
      dense(2),
    ]);
    const config = model.getConfig() as unknown as {
      layers: { className: string; config: tf.serialization.ConfigDict }[];
    };
    expect(config.layers.map(({ className }) => className)).toEqual([
      "ZeroPadding2D",
      "Conv2D",
      "MaxPooling2D",
      "MaxPooling2D",
      "Dropout",
      "Flatten",
      "Dense",
    ]);
    const last = config.layers.at(-1)!.config as { kernelInitializer: unknown; biasInitializer: unknown };
    expect(last.kernelInitializer).toMatchObject({
      className: "VarianceScaling",
      config: { distribution: "uniform" },
    });
    expect(last.biasInitializer).toMatchObject({ className: "RandomUniform" });
  });
});

describe("the image's size", () => {
  const blocks = () => [
    conv2d(2, { kernel: 5, stride: 2 }),
    maxPool(3, { stride: 2 }),
    maxPool(2),
    flatten(),
    dense(2),
  ];

  test("is an error when too small, which names the net, the layer, its input and the exact least side", () => {
    const build = (side: number) => sequential({ name: "tiny", inputShape: [side, side, 1] }, blocks());
    expect(() => build(12)).toThrow(
      'tiny: input 12x12 is too small: MaxPooling2D "3" with window 2x2 gets 1x1; the net needs at least 13x13',
    );
    expect(build(13).outputShape).toEqual([null, 2]);
    expect(() => build(3)).toThrow('Conv2D "0" with window 5x5 gets 3x3; the net needs at least 13x13');
  });

  test("is checked on both sides", () => {
    expect(() => sequential({ inputShape: [40, 9, 1] }, blocks())).toThrow("input 40x9 is too small");
  });

  test("is in the error's properties, with the least side", () => {
    try {
      sequential({ inputShape: [3, 3, 1] }, blocks());
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InputSizeError);
      expect((error as InputSizeError).minimum).toBe(13);
    }
  });
});

describe("wrong options", () => {
  test.each([
    [[28, 28], "tiny: expected inputShape [height, width, channels], got [28,28]"],
    [[28, 28, 0], "tiny: expected channels to be a whole number from 1 up, got 0"],
    [[28.5, 28, 1], "tiny: expected height to be a whole number from 1 up, got 28.5"],
  ])("inputShape [%s] is an error", (inputShape, message) => {
    expect(() => sequential({ name: "tiny", inputShape }, [flatten()])).toThrow(message);
  });

  test("a seed that is no whole number is an error", () => {
    expect(() => sequential({ inputShape: [4], seed: 1.5 }, [dense(2)])).toThrow("expected seed");
  });
});
