// The blocks of the book: what they are made of, and the identity that NiN stands on.
import { tf, useEngine } from "@mlpconv/tensor";
import "@mlpconv/testing";
import { describe, expect, test } from "vitest";
import { conv2d } from "./conv2d.js";
import { dense } from "./dense.js";
import { ninBlock } from "./nin-block.js";
import { sequential } from "./sequential.js";
import { vggBlock } from "./vgg-block.js";

await useEngine("cpu");

const init = { weights: "he", biases: "pytorch" } as const;

test("a 1x1 convolution is a dense layer over the channels at each pixel", async () => {
  const convolution = sequential({ inputShape: [4, 5, 3], init }, [
    conv2d(2, { kernel: 1, activation: "linear" }),
  ]);
  const layer = sequential({ inputShape: [3] }, [dense(2)]);
  const [filter, bias] = convolution.getWeights() as [tf.Tensor, tf.Tensor];
  layer.setWeights([filter.reshape([3, 2]), bias]);

  const images = tf.randomNormal<tf.Rank.R4>([2, 4, 5, 3], 0, 1, "float32", 1);
  const pixels = images.reshape([2 * 4 * 5, 3]); // every pixel is a sample, every channel a feature
  const perPixel = layer.apply(pixels) as tf.Tensor;
  const convolved = convolution.apply(images) as tf.Tensor;
  expect(convolved.shape).toEqual([2, 4, 5, 2]);
  expect(await convolved.data()).toBeAllclose(await perPixel.data(), { rtol: 1e-5, atol: 1e-6 });
});

describe("ninBlock", () => {
  test("is one convolution with the given window and two with 1x1, ReLU after each", () => {
    const layers = ninBlock([8, 6, 4], { kernel: 5, stride: 2, padding: 2 }).filter(
      (layer) => layer.getClassName() === "Conv2D",
    );
    expect(layers.map((layer) => layer.getConfig().kernelSize)).toEqual([
      [5, 5],
      [1, 1],
      [1, 1],
    ]);
    expect(layers.map((layer) => layer.getConfig().strides)).toEqual([
      [2, 2],
      [1, 1],
      [1, 1],
    ]);
    expect(layers.map((layer) => layer.getConfig().filters)).toEqual([8, 6, 4]);
    expect(layers.map((layer) => layer.getConfig().activation)).toEqual(["relu", "relu", "relu"]);
  });

  test("one number stands for all three, and the last activation can differ", () => {
    const layers = ninBlock(7, { kernel: 3, lastActivation: "linear" });
    expect(layers.map((layer) => layer.getConfig().filters)).toEqual([7, 7, 7]);
    expect(layers.map((layer) => layer.getConfig().activation)).toEqual(["relu", "relu", "linear"]);
  });

  test("computes what its first convolution alone does when its 1x1 layers start as the identity", async () => {
    const options = { inputShape: [6, 5, 3], init: { weights: "dirac", biases: "zeros" } } as const;
    const window = { kernel: 3, padding: 1 } as const;
    const block = sequential({ ...options, name: "block" }, [ninBlock(8, window)]);
    const alone = sequential({ ...options, name: "alone" }, [ninBlock(8, { ...window, pointwise: 0 })]);
    alone.setWeights(block.getWeights().slice(0, 2));
    const images = tf.randomNormal<tf.Rank.R4>([2, 6, 5, 3], 0, 1, "float32", 1);
    const [ours, theirs] = [block, alone].map((model) => model.apply(images) as tf.Tensor);
    expect(Math.max(...(await theirs!.data()))).toBeGreaterThan(0.5);
    expect(await ours!.data()).toBeAllclose(await theirs!.data(), { rtol: 1e-6, atol: 1e-6 });
    // Another number of channels is no identity, and drawn.
    const narrow = sequential({ ...options, name: "narrow" }, [ninBlock([8, 4], window)]);
    expect(new Set(await narrow.getWeights()[2]!.data()).size).toBe(32);
  });

  test("names the wrong one of three arguments", () => {
    expect(() => ninBlock([8, 0, 4], { kernel: 3 })).toThrow(
      "ninBlock: expected filters[1] to be a whole number from 1 up, got 0",
    );
  });
});

describe("vggBlock", () => {
  test("keeps the size through its convolutions and halves it at the end", () => {
    const model = sequential({ inputShape: [8, 6, 3] }, [vggBlock(2, 4)]);
    expect(model.layers.map((layer) => layer.outputShape)).toEqual([
      [null, 8, 6, 4],
      [null, 8, 6, 4],
      [null, 4, 3, 4],
    ]);
  });

  test("names a wrong argument", () => {
    expect(() => vggBlock(0, 4)).toThrow("vggBlock: expected convs to be a whole number from 1 up, got 0");
  });
});
