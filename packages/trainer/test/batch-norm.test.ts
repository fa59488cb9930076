// Training with batch normalisation: running statistics are state of the run like weights, in shards, in recorded steps and after a loss that is not finite.
import { loader, synthetic } from "@mlpconv/datasets";
import { batchNorm, conv2d, dense, globalAvgPool, residual, sequential } from "@mlpconv/layers";
import { recorder, type tf } from "@mlpconv/tensor";
import { eachEngine, localGroups } from "@mlpconv/testing";
import { afterEach, expect, test, vi } from "vitest";
import { classMapModel, fit, type Group, sgd, testImages } from "../src/index.js";
import { trainStep } from "../src/train-step.js";
import { captured, recordings, trained } from "./recorded-training.js";

const plain = { kernel: 3, padding: 1, bias: false, activation: "linear" } as const;
const build = () =>
  sequential(
    { inputShape: [8, 8, 1], seed: 2 },
    {
      conv1: conv2d(4, { ...plain, stride: 2 }),
      bn1: batchNorm({ activation: "relu" }),
      layer1: residual({ conv1: conv2d(4, plain), bn1: batchNorm() }),
      pool: globalAvgPool(),
      fc: dense(10),
    },
  );
const optimizer = () => sgd({ learningRate: 0.1, momentum: 0.9 });

/** 22 images in batches of 6: the last one, of 4, is not divisible by 8 shards. */
const data = synthetic({ train: 22, test: 6, seed: 3 });
const images = () => loader(data.train, { batchSize: 6, resize: 8, shuffle: true, seed: 5 });

const bits = async (model: tf.LayersModel) =>
  Promise.all(model.getWeights().map(async (weight) => [...(await weight.data())]));
const statistics = (model: tf.LayersModel) =>
  model.weights.filter(({ name }) => name.includes("moving")).map((weight) => [...weight.read().dataSync()]);

const ran = async (shards: number | undefined, group?: Group) => {
  const model = build();
  await fit(model, {
    train: images(),
    optimizer: optimizer(),
    epochs: 2,
    ...(shards && { shards }),
    ...(group && { group }),
  });
  const found = await bits(model);
  model.dispose();
  return found;
};

afterEach(() => vi.restoreAllMocks());

await eachEngine(({ name, gpu }) => {
  // The sums are the host's; a software driver takes minutes for the steps.
  test.skipIf(name === "webgpu" && !gpu)(
    "the running statistics of shards are averaged, with the same bits on 1, 2 and 4 ranks",
    async () => {
      const alone = await ran(8);
      expect(alone.flat().every(Number.isFinite)).toBe(true);
      for (const size of [2, 4])
        for (const rank of await Promise.all(localGroups(size).map((group) => ran(8, group))))
          expect(rank).toEqual(alone);
      // One shard is the batch itself.
      expect(await ran(1)).toEqual(await ran(undefined));
    },
  );

  test("a replayed step moves the running statistics to the bits of a step that is not recorded", async () => {
    if (!recorder()) return;
    const capture = captured();
    const recorded = await trained(build(), optimizer(), 8, true);
    expect(recordings(capture).map((recording) => recording !== undefined)).toEqual([true, true]);
    expect(recorded).toEqual(await trained(build(), optimizer(), 8, false));
  });

  test("a loss that is not finite leaves the running statistics as they were", async () => {
    const model = build();
    const before = statistics(model);
    for await (const batch of loader(data.train, { batchSize: 6, resize: 8 }).epoch(0)) {
      const x = batch.x.mul(Number.NaN) as tf.Tensor4D;
      const { loss } = await trainStep(model, { ...batch, x }, optimizer(), 0.1, 0);
      expect(loss).toBeNaN();
      break;
    }
    expect(statistics(model)).toEqual(before);
    model.dispose();
  });

  test("a dense layer behind global average pooling gives a map for each class, whose means are the logits", async () => {
    const model = build();
    await fit(model, { train: images(), optimizer: optimizer(), epochs: 1 });
    const test = loader(data.test, { batchSize: 6, resize: 8 });
    const through = classMapModel(model)!;
    for await (const { features, logits, classes } of testImages(model, test, { through })) {
      expect(features!.shape).toEqual([6, 4, 4, 10]);
      for await (const whole of testImages(model, test))
        expect(Math.max(...whole.logits.map((logit, i) => Math.abs(logit - logits[i]!)))).toBeLessThan(1e-5);
      expect(classes).toBe(10);
    }
    model.dispose();
  });
});
