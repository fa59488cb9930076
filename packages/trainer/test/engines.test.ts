// Training is the same on every engine: the same weights, batches and dropout masks, and sums that differ in their order alone. On one engine
// it is the same to the bit each time.
import { ninMnist } from "@mlpconv/models";
import { softmaxCrossEntropy, tf, useEngine } from "@mlpconv/tensor";
import { eachEngine } from "@mlpconv/testing";
import { beforeAll, expect, test } from "vitest";
import { adamw, type Optimizer, sgd } from "../src/index.js";
import { losses } from "./small-nin.js";

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

  // XNNPACK's ReLU, of engine wasm, takes it for zero.
  test.runIf(["cpu", "native", "webgpu"].includes(engine.name))(
    "a pixel that is not a number is not lost on its way to the loss",
    async () => {
      await useEngine(engine.name);
      const model = ninMnist({ ratio: 16, seed: 1 });
      const images = tf.tensor4d(
        Float32Array.from({ length: 2 * 28 * 28 }, (_, i) => (i === 400 ? Number.NaN : 0.5)),
        [2, 28, 28, 1],
      );
      const loss = softmaxCrossEntropy(model.apply(images) as tf.Tensor2D, tf.tensor1d([3, 4], "int32"));
      expect(await loss.data()).toEqual(Float32Array.of(Number.NaN));
    },
  );
});
