import { loader } from "@mlpconv/datasets";
import { tf, useEngine } from "@mlpconv/tensor";
import { beforeAll, expect, test } from "vitest";
import { channelActivity } from "../src/index.js";

beforeAll(() => useEngine("cpu"));

test("counts the images on which a channel or a unit is above zero somewhere", async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [2, 2, 1], filters: 2, kernelSize: 1, activation: "relu" }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3, activation: "relu" }),
      tf.layers.dense({ units: 2 }),
    ],
  });
  const ones = (shape: number[], value = 1) => tf.fill(shape, value);
  // A pixel of 255 is 1. The first channel is above zero where a pixel is above 0.5, the second nowhere; units add up the first channel.
  const units = [tf.tensor1d([0, -0.75, -10])];
  model.setWeights([
    ones([1, 1, 1, 2]),
    tf.tensor1d([-0.5, -2]),
    ones([8, 3]),
    ...units,
    ones([3, 2]),
    ones([2]),
  ]);
  const images = Uint8Array.from(
    [
      [0, 0, 0, 0],
      [0, 255, 0, 0],
      [255, 255, 255, 0],
    ].flat(),
  );
  const split = { images, labels: new Uint8Array(3), shape: [3, 2, 2, 1] } as const;
  const found = await channelActivity(model, loader(split, { batchSize: 2 }));
  expect(found).toEqual({
    images: 3,
    layers: [
      { layer: model.layers[0]!.name, active: Int32Array.from([2, 0]) },
      { layer: model.layers[2]!.name, active: Int32Array.from([2, 1, 0]) },
    ],
  });
});
