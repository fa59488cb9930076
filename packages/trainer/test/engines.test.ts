// Training is the same on every engine: the same weights, batches and dropout masks, and sums that differ in their order alone. On one engine
// it is the same to the bit each time.
import { loader, synthetic } from "@mlpconv/datasets";
import { ninMnist } from "@mlpconv/models";
import { type EngineName, useEngine } from "@mlpconv/tensor";
import { eachEngine } from "@mlpconv/testing";
import { beforeAll, expect, test } from "vitest";
import { adamw, type Optimizer, sgd, train } from "../src/index.js";

const optimizers: Record<string, () => Optimizer> = {
  "SGD with momentum": () => sgd({ learningRate: 0.01, momentum: 0.9 }),
  AdamW: () => adamw({ learningRate: 0.001 }),
};
const { train: images } = synthetic({ train: 80, test: 1 });

/** Of twenty steps of a small NiN, and of one that has a short batch. */
const losses = async (engine: EngineName, optimizer: Optimizer): Promise<number[]> => {
  await useEngine(engine);
  const model = ninMnist({ ratio: 16, lastRelu: false, seed: 1 });
  const seen: number[] = [];
  const options = { train: loader(images, { batchSize: 4, shuffle: true, seed: 1 }), optimizer, epochs: 1 };
  for await (const event of train(model, options)) if (event.type === "step") seen.push(event.loss);
  model.dispose();
  optimizer.dispose();
  return seen;
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
});
