// A recorded step is the step: the same bits as without a recording, for as long as nobody moves what it needs.
import { createHash } from "node:crypto";
import { type Batch, loader, synthetic } from "@mlpconv/datasets";
import { lenet, ninMnist } from "@mlpconv/models";
import { type Recording, recorder, tf } from "@mlpconv/tensor";
import { eachEngine } from "@mlpconv/testing";
import { afterEach, expect, test, vi } from "vitest";
import { adamw, type Optimizer, sgd } from "../src/index.js";
import { Steps, trainStep } from "../src/step.js";

const { train: images } = synthetic({ train: 22, test: 1 });

interface Way {
  losses: number[];
  /** All bits of them. */
  weights: string;
}

/** Four epochs of three batches, the last of them short; `between` is called before each step. */
const trained = async (
  model: tf.LayersModel,
  optimizer: Optimizer,
  size: number,
  recorded: boolean,
  between = (_: tf.LayersModel, _step: number): void => {},
): Promise<Way> => {
  const steps = new Steps(model, optimizer);
  const batches = loader(images, { batchSize: 8, resize: size });
  const losses: number[] = [];
  for (let epoch = 0; epoch < 4; epoch++) {
    for await (const batch of batches.epoch(epoch)) {
      between(model, losses.length);
      const rate = 0.01 / (1 + losses.length);
      const step = (given: Batch) =>
        recorded
          ? steps.run(given, rate, losses.length)
          : trainStep(model, given, optimizer, rate, losses.length);
      losses.push((await step(batch)).loss);
      tf.dispose([batch.x, batch.y]);
    }
  }
  const hash = createHash("sha256");
  for (const weight of model.getWeights()) hash.update(await weight.data<"float32">());
  steps.dispose();
  model.dispose();
  optimizer.dispose();
  return { losses, weights: hash.digest("hex") };
};

const nets = {
  "NiN by AdamW": [() => ninMnist({ ratio: 16, seed: 1 }), () => adamw({ weightDecay: 0.1 }), 28],
  "LeNet by SGD with momentum": [
    () => lenet({ seed: 1 }),
    () => sgd({ learningRate: 1, momentum: 0.9, weightDecay: 0.01 }),
    28,
  ],
} as const;

const captured = () => vi.spyOn(recorder()!, "capture");
const recordings = (capture: ReturnType<typeof captured>): (Recording | undefined)[] =>
  capture.mock.results.map(({ value }) => value as Recording | undefined);

afterEach(() => vi.restoreAllMocks());

await eachEngine(() => {
  test.each(Object.entries(nets))("%s", async (_, [model, optimizer, size]) => {
    const expected = await trained(model(), optimizer(), size, false);
    const before = tf.memory().numTensors;
    const capture = captured();
    expect(await trained(model(), optimizer(), size, true)).toEqual(expected);
    expect(tf.memory().numTensors).toBe(before);
    // Forward with backward, and the update; of whole batches and of the short one.
    expect(recordings(capture).map((recording) => recording && recording.dispatches > 0)).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  test("weights that are given other values between two steps", async () => {
    const halved = (model: tf.LayersModel, step: number) => {
      if (step === 7) model.setWeights(model.getWeights().map((weight) => tf.mul(weight, 0.5)));
    };
    const [model, optimizer, size] = nets["NiN by AdamW"];
    const expected = await trained(model(), optimizer(), size, false, halved);
    const capture = captured();
    expect(await trained(model(), optimizer(), size, true, halved)).toEqual(expected);
    expect(recordings(capture).length).toBeGreaterThan(4);
  });

  test("a weight that somebody else holds is not written where it lies", async () => {
    const held: tf.Tensor[] = [];
    const holding = (model: tf.LayersModel, step: number) => {
      if (step === 7) held.push(...model.getWeights().map((weight) => weight.clone()));
    };
    const [model, optimizer, size] = nets["NiN by AdamW"];
    const plain = await trained(model(), optimizer(), size, false, holding);
    const expected = await Promise.all(held.splice(0).map((tensor) => tensor.data()));
    expect(await trained(model(), optimizer(), size, true, holding)).toEqual(plain);
    expect(await Promise.all(held.map((tensor) => tensor.data()))).toEqual(expected);
  });

  test("a mask that the host draws for each step is not recorded", async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [28, 28, 1] }),
        tf.layers.dropout({ rate: 0.5 }),
        tf.layers.dense({ units: 10 }),
      ],
    });
    const capture = captured();
    await trained(model, sgd({ learningRate: 1 }), 28, true);
    expect(recordings(capture)[0]).toBeUndefined();
    // One attempt: forward with backward, and the update.
    expect(capture).toHaveBeenCalledTimes(2);
  });
}, ["webgpu"]);
