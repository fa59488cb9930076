// Network in Network's claim about itself: the mean of a class's map is the class's logit.
import { type Dataset, firstOfEachClass, loader, synthetic } from "@mlpconv/datasets";
import { lenet, ninMnist } from "@mlpconv/models";
import { describeNet } from "@mlpconv/runs/recipe";
import { tf, useEngine } from "@mlpconv/tensor";
import { classMapModel, testImages } from "@mlpconv/trainer";
import { beforeAll, expect, it } from "vitest";
import { collectPredictions } from "../src/analysis/collect-predictions.js";
import { thumbnail, thumbnailShape } from "../src/analysis/thumbnail.js";

let data: Dataset;
let model: tf.LayersModel;
beforeAll(async () => {
  await useEngine("wasm");
  data = synthetic({ test: 30 });
  model = ninMnist({ ratio: 8, lastRelu: false, seed: 3 });
});

/** The predictions of a pass over the test images. */
const collected = async (of: tf.LayersModel, batchSize: number, wanted: readonly number[]) => {
  const predictions = collectPredictions(new Set(wanted));
  const through = classMapModel(of);
  for await (const batch of testImages(of, loader(data.test, { batchSize }), { through }))
    predictions.add(batch);
  return predictions;
};

it("maps averaged by the net's own last layer are its logits to the bit, and so are their means", async () => {
  const parts = classMapModel(model)!;
  for await (const { x } of loader(data.test, { batchSize: 30 })) {
    const maps = parts.features(x);
    const own = [...(await (model.apply(x, { training: false }) as tf.Tensor).data())];
    expect([...(await parts.logits(maps).data())]).toEqual(own);
    expect([...(await tf.mean(maps, [1, 2]).data())]).toEqual(own);
    expect(new Set(own).size).toBeGreaterThan(100);
  }
});

it("keeps the maps that are wanted, each with its logit as its mean, and the true class's is highest as often as the net is right", async () => {
  const { predictions, classMaps, highestMapIsTrue } = await collected(model, 7, [0, 8, 29]);
  expect([...classMaps.keys()]).toEqual([0, 8, 29]);
  const correct = predictions.filter(({ label, predicted }) => label === predicted).length;
  expect(highestMapIsTrue()).toBe(correct / 30);
  expect(predictions.map(({ label }) => label)).toEqual([...data.test.labels]);
  for await (const { x } of loader(data.test, { batchSize: 30 })) {
    const logits = (await (model.apply(x, { training: false }) as tf.Tensor2D).array()) as number[][];
    for (const [index, { maps, side }] of classMaps) {
      expect(side).toBe(7);
      maps.forEach((map, c) => {
        expect(map).toHaveLength(49);
        const mean = map.reduce((a, b) => a + b, 0) / 49;
        expect(Math.abs(mean - logits[index]![c]!)).toBeLessThan(1e-6);
      });
    }
  }
});

it("a net with dense layers has no class maps", async () => {
  expect(classMapModel(lenet())).toBeUndefined();
  const { predictions, classMaps, highestMapIsTrue } = await collected(lenet(), 30, [0]);
  expect(classMaps.size).toBe(0);
  expect(highestMapIsTrue()).toBeUndefined();
  expect(predictions).toHaveLength(30);
});

it("describes the net as PyTorch would print it", () => {
  const net = describeNet("ninMnist", model);
  expect(net.inputShape).toEqual([28, 28, 1]);
  expect(net.layers[0]).toMatchObject({
    name: "0.0",
    kind: "Conv2D",
    kernel: 5,
    stride: 1,
    padding: 2,
    activation: "relu",
  });
  expect(net.layers.at(-1)).toMatchObject({ kind: "GlobalAveragePooling2D", outputShape: [10] });
  expect(net.layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(model.countParams());
});

it("of many classes, keeps the maps of the highest logits and of the true class", async () => {
  const many = ninMnist({ ratio: 8, lastRelu: false, seed: 3, classes: 40 });
  const all = Array.from({ length: 30 }, (_, i) => i);
  const { classMaps, predictions } = await collected(many, 7, all);
  for await (const { x } of loader(data.test, { batchSize: 30 })) {
    const logits = (await (many.apply(x, { training: false }) as tf.Tensor2D).array()) as number[][];
    for (const [index, { maps, mapClasses = [] }] of classMaps) {
      const { label, predicted } = predictions[index]!;
      expect(mapClasses).toHaveLength(6);
      expect(mapClasses[0]).toBe(predicted);
      expect(mapClasses).toContain(label);
      const highest = [...logits[index]!.keys()].sort((a, b) => logits[index]![b]! - logits[index]![a]!);
      expect(mapClasses.slice(0, 5)).toEqual(highest.slice(0, 5));
      maps.forEach((map, i) => {
        const mean = map.reduce((a, b) => a + b, 0) / map.length;
        expect(Math.abs(mean - logits[index]![mapClasses[i]!]!)).toBeLessThan(1e-6);
      });
    }
  }
});

it("examples are the first image of each class, or of 12 classes that are evenly spread", () => {
  expect(firstOfEachClass({ labels: Uint8Array.from([2, 0, 2, 5, 0]) })).toEqual([1, 0, 3]);
  const labels = Uint16Array.from({ length: 2400 }, (_, i) => i % 1200);
  expect(firstOfEachClass({ labels })).toEqual(Array.from({ length: 12 }, (_, i) => 100 * i));
});

it("images of up to 128 pixels are kept as they are, larger ones scaled down", async () => {
  const small = Uint8Array.from({ length: 20 * 24 * 3 }, (_, i) => i % 251);
  expect(await thumbnail(small, [20, 24, 3])).toBe(small);
  expect(thumbnailShape([224, 512, 3])).toEqual([56, 128, 3]);
  const colours = [200, 40, 7];
  const large = Uint8Array.from({ length: 256 * 512 * 3 }, (_, i) => colours[i % 3]!);
  const scaled = await thumbnail(large, [256, 512, 3]);
  expect(scaled).toHaveLength(64 * 128 * 3);
  expect([...scaled.slice(0, 3)]).toEqual(colours);
  expect(new Set(scaled)).toEqual(new Set(colours));
});
