import { type Loader, loader } from "@mlpconv/datasets";
import { tf, useEngine } from "@mlpconv/tensor";
import { toyLoader, toyModel } from "@mlpconv/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { evaluate, logitsOf, probabilities, type SplitModel, type TestBatch, testImages } from "./index.js";

beforeAll(async () => {
  await useEngine("cpu");
});

/** Two classes; an image's only pixel is class 1's logit, and class 0's is a quarter. */
const onePixelModel = (weight = 1) => {
  const model = tf.sequential({
    layers: [tf.layers.flatten({ inputShape: [1, 1, 1] }), tf.layers.dense({ units: 2, useBias: true })],
  });
  model.setWeights([tf.tensor2d([[0, weight]]), tf.tensor1d([0.25, 0])]);
  return model;
};

/** White, black, black, white, white. */
const onePixelImages = () =>
  loader(
    {
      images: Uint8Array.from([255, 0, 0, 255, 255]),
      labels: Uint8Array.from([1, 0, 1, 1, 0]),
      shape: [5, 1, 1, 1],
    },
    { batchSize: 2 },
  );

const all = async (pass: AsyncIterable<TestBatch>) => {
  const batches: TestBatch[] = [];
  for await (const batch of pass) batches.push(batch);
  return batches;
};

describe("a pass over test images", () => {
  it("gives every image once and in order, with its label, logits, prediction and loss", async () => {
    const batches = await all(testImages(onePixelModel(), onePixelImages()));
    expect(batches.map(({ first, labels }) => [first, ...labels])).toEqual([
      [0, 1, 0],
      [2, 1, 1],
      [4, 0],
    ]);
    expect(batches.flatMap(({ predicted }) => [...predicted])).toEqual([1, 0, 0, 1, 1]);
    expect([...logitsOf(batches[0]!, 0)]).toEqual([0.25, 1]);
    expect([...logitsOf(batches[1]!, 0)]).toEqual([0.25, 0]);
    const loss = (own: number, other: number) => Math.log(1 + Math.exp(other - own));
    const [white, black] = [loss(1, 0.25), loss(0.25, 0)];
    expect(batches[0]!.lossSum).toBeCloseTo(white + black, 5);
    expect(batches[1]!.lossSum).toBeCloseTo(loss(0, 0.25) + white, 5);
    expect(batches[2]!.lossSum).toBeCloseTo(loss(0.25, 1), 5);
    expect(batches[0]).not.toHaveProperty("features");
  });

  it("predicts the first of several classes whose logits are equal", async () => {
    const [batch] = await all(testImages(onePixelModel(0.25), onePixelImages()));
    expect([...logitsOf(batch!, 0)]).toEqual([0.25, 0.25]);
    expect(batch!.predicted[0]).toBe(0);
  });

  it("goes through the two parts of a model and gives what passes between them", async () => {
    const model = onePixelModel();
    const through: SplitModel = {
      features: (x) => model.layers[0]!.apply(x) as tf.Tensor,
      logits: (features) => model.layers[1]!.apply(features) as tf.Tensor2D,
    };
    const [whole, parts] = [
      await all(testImages(model, onePixelImages())),
      await all(testImages(model, onePixelImages(), { through })),
    ];
    expect(parts.map(({ features: _, ...batch }) => batch)).toEqual(whole);
    expect(parts[0]!.features).toEqual({ values: Float32Array.from([1, 0]), shape: [2, 1] });
  });

  it("leaves no tensors behind: read to the end, left early, or failing", async () => {
    const model = onePixelModel();
    const broken = onePixelModel(Number.NaN);
    await all(testImages(model, onePixelImages()));
    const before = tf.memory().numTensors;
    await all(testImages(model, onePixelImages()));
    for await (const _ of testImages(model, onePixelImages())) break;
    await expect(all(testImages(broken, onePixelImages()))).rejects.toThrow();
    const wrongLabels: Loader = {
      ...onePixelImages(),
      epoch: async function* () {
        yield { x: tf.zeros<tf.Rank.R4>([1, 1, 1, 1]), y: tf.tensor1d([7], "int32") };
      },
    };
    await expect(all(testImages(model, wrongLabels))).rejects.toThrow(/got 7 for example 0 of batch 0/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("refuses a loss that is not finite, in the name of whoever asks, unless it is let through", async () => {
    const model = onePixelModel(Number.NaN);
    await expect(all(testImages(model, onePixelImages(), { where: "report" }))).rejects.toThrow(
      /^report: expected a finite loss, got NaN/,
    );
    const [batch] = await all(testImages(model, onePixelImages(), { finite: false }));
    expect(batch!.lossSum).toBeNaN();
    await expect(evaluate(model, onePixelImages())).rejects.toThrow(/^evaluate: .*got a loss of NaN/);
  });

  it("stops after the batch in which the signal is aborted, and throws its reason", async () => {
    const abort = new AbortController();
    const reason = new Error("enough");
    const seen: number[] = [];
    const pass = async () => {
      for await (const { first } of testImages(toyModel(), toyLoader(10, 4), { signal: abort.signal })) {
        seen.push(first);
        if (first === 4) abort.abort(reason);
      }
    };
    await expect(pass()).rejects.toBe(reason);
    expect(seen).toEqual([0, 4]);
  });
});

it("probabilities add up to 1 and are those of large logits too", () => {
  expect(probabilities([0, Math.log(3)])).toEqual([expect.closeTo(0.25, 12), expect.closeTo(0.75, 12)]);
  expect(probabilities([1000, 1000])).toEqual([0.5, 0.5]);
  expect(probabilities([-1e30, 0])).toEqual([0, 1]);
});
