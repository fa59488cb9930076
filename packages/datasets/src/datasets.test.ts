import { describe, expect, it } from "vitest";
import { channelStatistics } from "./channel-statistics.js";
import { DatasetError } from "./dataset-error.js";
import { datasetNamed, datasets } from "./datasets.js";
import { imageSide, testOptions } from "./test-options.js";

describe.each(datasets)("the descriptor of $name", (descriptor) => {
  const { load, mirrorable: _, ...info } = descriptor;

  it("is found by its name", () => {
    expect(datasetNamed(info.name)).toBe(descriptor);
  });

  it("has a mean and a standard deviation for each channel, and classes with different names", () => {
    expect(info.mean).toHaveLength(info.shape[2]);
    expect(info.std).toHaveLength(info.shape[2]);
    expect(new Set(info.classes).size).toBe(info.classes.length);
  });

  it("loads images with the facts that it states", async ({ skip }) => {
    const data = await load({ download: false }).catch((error: Error) => skip(error.message));
    expect(data).toMatchObject(info);
    for (const { shape, labels } of [data.train, data.test]) {
      expect(shape.slice(1)).toEqual(info.shape);
      expect(new Set(labels)).toEqual(new Set(info.classes.keys()));
    }
    const { mean, std } = await channelStatistics(data.train);
    for (const [c, value] of info.mean.entries()) {
      expect(Math.abs(mean[c]! - value)).toBeLessThan(0.002);
      expect(Math.abs(std[c]! - info.std[c]!)).toBeLessThan(0.002);
    }
  });
});

describe("datasetNamed", () => {
  it("lists the known data sets when none has the name", () => {
    const names =
      "fashion-mnist, mnist, kmnist, emnist-balanced, emnist-letters, emnist-digits, cifar10, cifar100, synthetic";
    expect(() => datasetNamed("shapes")).toThrow(DatasetError);
    expect(() => datasetNamed("shapes")).toThrow(
      `dataset: expected one that this program knows (${names}), got "shapes"`,
    );
  });

  it("refuses a folder for images that are drawn by code", async () => {
    await expect(datasetNamed("synthetic").load({ root: "photos" })).rejects.toThrow(
      "synthetic: expected no folder, because its images are drawn by code, got photos",
    );
  });
});

describe("channelStatistics", () => {
  it("gives mean and standard deviation of each channel, of images that are streamed too", async () => {
    const images = Uint8Array.of(0, 10, 255, 20, 0, 30, 255, 40);
    const split = { images, labels: Uint8Array.of(0, 0), shape: [2, 2, 1, 2] as const };
    const { mean, std } = await channelStatistics(split);
    expect(mean).toEqual([0.5, 25 / 255]);
    expect(std[0]).toBe(0.5);
    expect(std[1]).toBeCloseTo(Math.sqrt(125) / 255, 15);
    const { labels, shape } = split;
    const read = async (indices: readonly number[]) =>
      Uint8Array.from(indices.flatMap((i) => [...images.subarray(4 * i, 4 * i + 4)]));
    expect(await channelStatistics({ read, labels, shape })).toEqual({ mean, std });
  });
});

describe("testOptions", () => {
  const data = { shape: [20, 24, 3], mean: [0.4, 0.5, 0.6], std: [0.1, 0.2, 0.3] } as const;
  const settings = { batchSize: 8, seed: 3, data };

  it("leaves images alone that have the wanted size, and their pixels where they are not normalised", () => {
    const square = { ...data, shape: [24, 24, 3] } as const;
    expect(testOptions({ ...settings, data: square, resize: 24, normalize: false })).toEqual({
      batchSize: 8,
      seed: 3,
    });
  });

  it("resizes others to a square, and normalises by the data set's own mean and standard deviation", () => {
    expect(imageSide(data)).toBe(24);
    expect(testOptions({ ...settings, resize: 24, normalize: true })).toEqual({
      batchSize: 8,
      seed: 3,
      resize: 24,
      normalize: { mean: data.mean, std: data.std },
    });
  });

  it("normalises by ImageNet's mean and standard deviation where that is asked for", () => {
    const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
    const asked = { ...settings, resize: 24, normalizeBy: "imagenet" } as const;
    expect(testOptions({ ...asked, normalize: true }).normalize).toEqual(imagenet);
    expect(testOptions({ ...asked, normalize: false }).normalize).toBeUndefined();
  });
});
