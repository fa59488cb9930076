// The drawn data set: deterministic, balanced, and neither trivial nor hopeless.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Split } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";
import { fillPolygon } from "./fill-polygon.js";
import { synthetic } from "./synthetic.js";

const digest = ({ images, labels }: Split) =>
  createHash("sha256").update(images).update(labels).digest("hex").slice(0, 16);

const imagesOf = ({ images, shape: [count, height, width] }: Split): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => images.subarray(i * height * width, (i + 1) * height * width));

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
};

/** The label of the nearest of some examples. */
const nearest = (
  image: Uint8Array,
  examples: readonly { pixels: ArrayLike<number>; label: number }[],
): number =>
  examples.reduce<{ label: number; least: number }>(
    (best, { pixels, label }) => {
      const least = distance(image, pixels);
      return least < best.least ? { label, least } : best;
    },
    { label: -1, least: Number.POSITIVE_INFINITY },
  ).label;

describe("synthetic", () => {
  it("has the sizes that were asked for, balanced classes and their names", () => {
    const { name, train, test, classes } = synthetic({ train: 120, test: 30, size: 16 });
    expect(name).toBe("synthetic");
    expect(train.shape).toEqual([120, 16, 16, 1]);
    expect(test.shape).toEqual([30, 16, 16, 1]);
    expect(train.images).toHaveLength(120 * 16 * 16);
    expect(classes).toHaveLength(10);
    for (let label = 0; label < 10; label++) {
      expect(train.labels.filter((other) => other === label)).toHaveLength(12);
      expect(test.labels.filter((other) => other === label)).toHaveLength(3);
    }
  });

  it("is the same for the same seed on every machine, and another for another seed", () => {
    const { train, test } = synthetic({ train: 100, test: 100 });
    expect([digest(train), digest(test)]).toEqual(["76a51eb12bbdaed2", "43a5b92d256c9c83"]);
    expect(digest(synthetic({ train: 100, seed: 1 }).train)).not.toBe(digest(train));
  });

  it("draws image i the same however many are asked for, and tests on other images than it trains on", () => {
    const few = synthetic({ train: 20, test: 20 });
    const many = synthetic({ train: 50, test: 50 });
    expect(many.train.images.subarray(0, few.train.images.length)).toEqual(few.train.images);
    expect(many.test.images.subarray(0, few.test.images.length)).toEqual(few.test.images);
    expect(few.test.images).not.toEqual(few.train.images);
  });

  it("can be learned, but not from the mean images of the classes", () => {
    const { train, test } = synthetic({ train: 1000, test: 300 });
    const examples = imagesOf(train).map((pixels, i) => ({ pixels, label: train.labels[i]! }));
    const means = Array.from({ length: 10 }, (_, label) => {
      const pixels = new Float64Array(28 * 28);
      for (const example of examples.filter((other) => other.label === label)) {
        for (let i = 0; i < pixels.length; i++) pixels[i]! += example.pixels[i]! / 100;
      }
      return { pixels, label };
    });
    const accuracy = (known: readonly { pixels: ArrayLike<number>; label: number }[]) =>
      imagesOf(test).filter((image, i) => nearest(image, known) === test.labels[i]).length / 300;
    expect(accuracy(means)).toBeGreaterThan(0.55);
    expect(accuracy(means)).toBeLessThan(0.85);
    expect(accuracy(examples)).toBeGreaterThan(0.7);
    expect(accuracy(examples)).toBeLessThan(0.95);
  });

  it("shows something in every image, at every size", () => {
    for (const size of [8, 28, 64]) {
      for (const image of imagesOf(synthetic({ train: 50, test: 1, size }).train)) {
        const bright = image.filter((level) => level > 60).length / image.length;
        expect(bright).toBeGreaterThan(0.02);
        expect(bright).toBeLessThan(0.8);
      }
    }
  });

  it("refuses invalid counts, sizes and seeds", () => {
    const messageOf = (options: Parameters<typeof synthetic>[0]): string => {
      try {
        synthetic(options);
      } catch (error) {
        if (error instanceof DatasetError && error.code === "option") return error.message;
      }
      return "accepted";
    };
    expect(messageOf({ train: 0 })).toBe(
      "synthetic: expected train to be a whole number of at least 1, got 0",
    );
    expect(messageOf({ test: 1.5 })).toBe(
      "synthetic: expected test to be a whole number of at least 1, got 1.5",
    );
    expect(messageOf({ size: 7 })).toBe("synthetic: expected size to be a whole number of at least 8, got 7");
    expect(messageOf({ seed: Number.NaN })).toBe(
      "synthetic: expected seed to be a whole number of at least 0, got NaN",
    );
  });
});

describe("fillPolygon", () => {
  const fill = (...points: [number, number][]) => {
    const canvas = new Float32Array(16);
    fillPolygon(canvas, 4, points, 1);
    return Array.from({ length: 4 }, (_, row) => canvas.subarray(4 * row, 4 * row + 4).join(""));
  };

  it("fills the samples whose centres lie inside", () => {
    expect(fill([1, 1], [3, 1], [3, 3], [1, 3])).toEqual(["0000", "0110", "0110", "0000"]);
    expect(fill([0, 0], [4, 0], [0, 4])).toEqual(["1110", "1100", "1000", "0000"]);
  });

  it("leaves holes by the even-odd rule and cuts what lies outside", () => {
    expect(fill([0, 0], [4, 0], [4, 4], [2, 1], [0, 4])).toEqual(["1111", "1111", "1001", "0000"]);
    expect(fill([-5, -5], [9, -5], [9, 9], [-5, 9])).toEqual(["1111", "1111", "1111", "1111"]);
  });
});
