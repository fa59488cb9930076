// Dead channels are found where they were made, and nowhere else.
import { loader, synthetic } from "@mlpconv/datasets";
import { conv2d, globalAvgPool, sequential } from "@mlpconv/layers";
import { tf, useEngine } from "@mlpconv/tensor";
import { beforeAll, expect, test } from "vitest";
import { deadChannels } from "./dead-channels.js";

beforeAll(() => useEngine("cpu"));

/** Weights of one and these biases: a channel lives where its bias is above zero, because pixels are not below it. */
const net = (hidden: number[], classes: number[], activation: "relu" | "linear") => {
  const model = sequential({ inputShape: [28, 28, 1] }, [
    conv2d(hidden.length, { kernel: 1, activation: "relu" }),
    conv2d(classes.length, { kernel: 1, activation }),
    globalAvgPool(),
  ]);
  model.setWeights(
    [hidden, classes].flatMap((biases, i) => [
      tf.fill(model.getWeights()[2 * i]!.shape, 0),
      tf.tensor1d(biases),
    ]),
  );
  return model;
};
const images = loader(synthetic({ train: 10, test: 25, seed: 1 }).test, { batchSize: 10 });

test("counts hidden channels and class maps that are above zero for no image", async () => {
  const found = await deadChannels(net([1, -1, 0, 2], [1, -1, -1], "relu"), images);
  expect(found).toEqual({ hidden: 2, hiddenChannels: 4, classes: 2 });
});

test("a net without a ReLU has no dead channels", async () => {
  const model = sequential({ inputShape: [28, 28, 1] }, [
    conv2d(3, { kernel: 1, activation: "sigmoid" }),
    globalAvgPool(),
  ]);
  expect(await deadChannels(model, images)).toEqual({ hidden: 0, hiddenChannels: 0, classes: 0 });
});

test("class maps without a ReLU cannot die", async () => {
  const found = await deadChannels(net([1, -1], [-1, -1, -1], "linear"), images);
  expect(found).toEqual({ hidden: 1, hiddenChannels: 2, classes: 0 });
});
