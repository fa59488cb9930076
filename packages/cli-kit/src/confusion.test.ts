import { loader } from "@mlpconv/datasets";
import { lenet } from "@mlpconv/models";
import { tf, useEngine } from "@mlpconv/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import { accuracyOf, classFigures, confusion } from "./confusion.js";

beforeAll(async () => {
  await useEngine("cpu");
});

/** Two classes; a picture's only pixel is class 1's logit, and class 0's is a quarter. */
const model = () => {
  const net = tf.sequential({
    layers: [tf.layers.flatten({ inputShape: [1, 1, 1] }), tf.layers.dense({ units: 2, useBias: true })],
  });
  net.setWeights([tf.tensor2d([[0, 1]]), tf.tensor1d([0.25, 0])]);
  return net;
};

describe("confusion", () => {
  it("counts every image once, in the row of its class and the column of its prediction", async () => {
    const split = {
      images: Uint8Array.from([255, 0, 0, 255, 255]),
      labels: Uint8Array.from([1, 0, 1, 1, 0]),
      shape: [5, 1, 1, 1] as const,
    };
    const seen: number[] = [];
    const { counts, loss, examples } = await confusion(model(), loader(split, { batchSize: 2 }), {
      classes: 2,
      onBatch: (done) => seen.push(done),
    });
    expect(counts).toEqual([
      [1, 1],
      [1, 2],
    ]);
    expect(examples).toBe(5);
    expect(seen).toEqual([2, 4, 5]);
    // Logits are [0.25, 1] for white and [0.25, 0] for black.
    const cost = (right: number, other: number) => Math.log(1 + Math.exp(other - right));
    const white = [cost(0.25, 1), cost(1, 0.25)] as const;
    const black = [cost(0.25, 0), cost(0, 0.25)] as const;
    expect(loss).toBeCloseTo((white[1] + black[0] + black[1] + white[1] + white[0]) / 5, 6);
  });

  it("leaves no tensors behind", async () => {
    const net = lenet();
    const split = {
      images: new Uint8Array(2 * 784),
      labels: new Uint8Array(2),
      shape: [2, 28, 28, 1] as const,
    };
    const images = loader(split, { batchSize: 1 });
    await confusion(net, images, { classes: 10 });
    const before = tf.memory().numTensors;
    await confusion(net, images, { classes: 10 });
    expect(tf.memory().numTensors).toBe(before);
  });

  it("refuses weights that are no numbers", async () => {
    const net = model();
    net.setWeights([tf.tensor2d([[0, Number.NaN]]), tf.tensor1d([0, 0])]);
    const split = { images: new Uint8Array(1), labels: new Uint8Array(1), shape: [1, 1, 1, 1] as const };
    await expect(confusion(net, loader(split, { batchSize: 1 }), { classes: 2 })).rejects.toThrow(
      /expected a finite loss, got NaN/,
    );
  });
});

describe("figures", () => {
  const counts = [
    [3, 1, 0],
    [0, 2, 0],
    [0, 0, 0],
  ];

  it("accuracy is the share of the diagonal", () => expect(accuracyOf(counts)).toBe(5 / 6));

  it("a class's accuracy divides by its row, its precision by its column; nothing divides by zero", () => {
    expect(classFigures(counts, ["bag", "coat", "dress"])).toEqual([
      { name: "bag", examples: 4, accuracy: 3 / 4, precision: 1 },
      { name: "coat", examples: 2, accuracy: 1, precision: 2 / 3 },
      { name: "dress", examples: 0, accuracy: null, precision: null },
    ]);
  });
});
