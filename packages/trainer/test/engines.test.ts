// Training is the same on every engine: the same weights, batches and dropout masks, and sums that differ in their order alone. On one engine
// it is the same to the bit each time.
import { loader, synthetic } from "@mlpconv/datasets";
import { ninMnist } from "@mlpconv/models";
import { type EngineName, softmaxCrossEntropy, tf, useEngine } from "@mlpconv/tensor";
import { eachEngine } from "@mlpconv/testing";
import { beforeAll, expect, test } from "vitest";
import { adamw, DivergedError, evaluate, fit, muon, type Optimizer, scaleRates, sgd } from "../src/index.js";
import { losses, smallNin, smallSize } from "./small-nin.js";

const optimizers: Record<string, () => Optimizer> = {
  "SGD with momentum": () => sgd({ learningRate: 0.01, momentum: 0.9 }),
  AdamW: () => adamw({ learningRate: 0.001 }),
};
const expected: Record<string, number[]> = {};
beforeAll(async () => {
  for (const [name, make] of Object.entries(optimizers)) expected[name] = await losses("cpu", make());
});

await eachEngine((engine) => {
  test.skipIf(engine.name === "cpu").each(Object.entries(optimizers))("%s", async (name, make) => {
    const seen = await losses(engine.name, make());
    expect(seen).toHaveLength(20);
    for (const [step, loss] of seen.entries()) {
      expect(Math.abs(loss - expected[name]![step]!), `step ${step}`).toBeLessThan(1e-5);
    }
    expect(await losses(engine.name, make())).toEqual(seen);
  });

  test.each<[string, () => Optimizer]>([
    ["Muon", () => muon({ learningRate: 0.1, weightDecay: 0.1 })],
    [
      "AdamW with a fifth of the rate for filters",
      () => scaleRates(adamw({ weightDecay: 0.1 }), ({ rank }) => (rank > 1 ? 0.2 : 1)),
    ],
  ])("%s, on tall and wide filters and a vector", async (_, make) => {
    const after = async (name: EngineName): Promise<number[]> => {
      await useEngine(name);
      const optimizer = make();
      const shapes = [[3, 3, 2, 4], [1, 1, 4, 12], [5]];
      const wave = (shape: number[], phase: number) =>
        tf.tensor(
          Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(3 * i + phase)),
          shape,
        );
      const variables = shapes.map((shape) => tf.variable(wave(shape, 1)));
      for (let step = 0; step < 3; step++) {
        const gradients = Object.fromEntries(
          variables.map((each, i) => [each.name, wave(shapes[i]!, 2 + step)]),
        );
        optimizer.update(variables, gradients, 0.1);
        tf.dispose(gradients);
      }
      const values = await Promise.all(variables.map(async (each) => [...(await each.data())]));
      tf.dispose(variables);
      optimizer.dispose();
      return values.flat();
    };
    const reference = await after("cpu");
    for (const [i, value] of (await after(engine.name)).entries())
      expect(Math.abs(value - reference[i]!), `value ${i}`).toBeLessThan(1e-5);
  });

  test("a pixel of NaN makes the loss NaN", async () => {
    await useEngine(engine.name);
    const images = tf.tensor4d(
      Float32Array.from({ length: 4 * smallSize ** 2 }, (_, i) => (i === 100 ? Number.NaN : 0.5)),
      [4, smallSize, smallSize, 1],
    );
    const logits = smallNin().apply(images) as tf.Tensor2D;
    const loss = softmaxCrossEntropy(logits, tf.tensor1d([3, 4, 5, 6], "int32"));
    expect(await loss.data()).toEqual(Float32Array.of(Number.NaN));
  });

  test("weights that are not numbers end training before it begins", async () => {
    await useEngine(engine.name);
    const model = ninMnist({ ratio: 16 });
    const first = model.layers[0]!;
    first.setWeights(first.getWeights().map((weight) => tf.fill(weight.shape, Number.NaN)));
    const data = { train: loader(synthetic({ train: 8 }).train, { batchSize: 4 }), epochs: 1 };
    await expect(fit(model, { ...data, optimizer: sgd({ learningRate: 0.1 }) })).rejects.toThrow(
      DivergedError,
    );
  });

  test("weights that overflow end training", async () => {
    await useEngine(engine.name);
    const model = smallNin();
    const data = {
      train: loader(synthetic({ train: 16 }).train, { batchSize: 4, resize: smallSize }),
      epochs: 1,
    };
    await expect(fit(model, { ...data, optimizer: sgd({ learningRate: 1e30 }) })).rejects.toThrow(
      DivergedError,
    );
  });

  test("a model of one class has loss 0 and is always right", async () => {
    await useEngine(engine.name);
    const { test: images } = synthetic({ train: 1, test: 10 });
    const data = loader({ ...images, labels: new Uint8Array(10) }, { batchSize: 10 });
    expect(await evaluate(ninMnist({ ratio: 16, classes: 1 }), data)).toEqual({
      loss: 0,
      accuracy: 1,
      examples: 10,
    });
  });
});
