// Statistics of layers against values computed by hand.
import { loader } from "@mlpconv/datasets";
import { conv2d, globalAvgPool, sequential } from "@mlpconv/layers";
import { tf, useEngine } from "@mlpconv/tensor";
import { beforeAll, expect, test } from "vitest";
import { imageVariation, layerStatistics } from "./layer-statistics.js";
import { isMoment } from "./watch-training.js";

beforeAll(() => useEngine("cpu"));

test("variation is 0 where all images have the same output, and 1 where their mean is zero", () => {
  // The two images, [2, 2, 1]: mean (2, 2), differences (-1, 1) and (1, -1), so rms 1 of rms sqrt((1 + 9 + 9 + 1) / 4).
  const differ = tf.tensor3d([1, 3, 3, 1], [2, 2, 1]);
  const { scale, variation } = imageVariation(differ);
  expect(scale).toBeCloseTo(Math.sqrt(5), 6);
  expect(variation).toBeCloseTo(1 / Math.sqrt(5), 6);
  expect(imageVariation(tf.tensor2d([3, 4, 3, 4], [2, 2]))).toEqual({
    scale: expect.closeTo(Math.sqrt(12.5), 6),
    variation: 0,
  });
  expect(imageVariation(tf.tensor2d([1, -1], [2, 1])).variation).toBe(1);
  expect(imageVariation(tf.zeros([2, 3]))).toEqual({ scale: 0, variation: 0 });
});

// Two images of one pixel, white of class 0 and black of class 1.
const images = {
  images: Uint8Array.of(255, 0),
  labels: Uint8Array.of(0, 1),
  shape: [2, 1, 1, 1],
} as const;

test("statistics of two convolutions of one pixel", async () => {
  const model = sequential({ inputShape: [1, 1, 1] }, [
    conv2d(2, { kernel: 1, activation: "relu" }),
    conv2d(2, { kernel: 1, activation: "linear" }),
    globalAvgPool(),
  ]);
  // The first channel is the pixel, the second is dead; the logits are 2 and 0 times the first.
  model.setWeights([
    tf.tensor4d([1, -1], [1, 1, 1, 2]),
    tf.tensor1d([0, -1]),
    tf.tensor4d([2, 0, 0, 0], [1, 1, 2, 2]),
    tf.tensor1d([0, 0]),
  ]);
  const found = await layerStatistics(model, loader(images, { batchSize: 2 }));
  // Outputs (1, 0) and (0, 0), with the mean (.5, 0); then (2, 0) and (0, 0).
  const close = (values: number[]) => values.map((value) => expect.closeTo(value, 5));
  // The white image has logits (2, 0): its loss's gradient is p - 1 = -q and q = 1 / (1 + e^2), halved by the mean over the images. The black one has none.
  const q = 1 / (1 + Math.exp(2)) / 2;
  expect(found).toEqual({
    scale: close([0.5, 1]),
    variation: close([Math.SQRT1_2, Math.SQRT1_2]),
    // Towards the first layer's weights -2q and 0; the second's are -q and q times the first channel, and 0 for the dead one.
    gradient: close([Math.sqrt((2 * q) ** 2 / 2), Math.sqrt((2 * q ** 2) / 4)]),
    weight: close([1, 1]),
    dead: [0.5, 0],
  });
});

test("expects a single batch", async () => {
  const model = sequential({ inputShape: [1, 1, 1] }, [conv2d(2, { kernel: 1 }), globalAvgPool()]);
  await expect(layerStatistics(model, loader(images, { batchSize: 1 }))).rejects.toThrow(
    "layerStatistics: expected one batch of images, got 2",
  );
});

test("measures often at first", () => {
  expect(Array.from({ length: 60 }, (_, step) => step).filter(isMoment)).toEqual([
    0, 1, 2, 3, 4, 8, 12, 25, 50,
  ]);
});
