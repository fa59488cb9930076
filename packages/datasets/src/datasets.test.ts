import { describe, expect, it } from "vitest";
import type { Dataset } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";
import { datasetNamed, datasets } from "./datasets.js";
import { imageSide, testOptions } from "./test-options.js";

/** Mean and standard deviation of pixels in [0, 1], by channel. */
const statistics = ({ train: { images, shape } }: Dataset) => {
  const channels = shape[3];
  const sums = Array.from({ length: channels }, () => [0, 0] as [number, number]);
  for (const [i, level] of images.entries()) {
    const sum = sums[i % channels]!;
    sum[0] += level / 255;
    sum[1] += (level / 255) ** 2;
  }
  const count = images.length / channels;
  const mean = sums.map(([sum]) => sum / count);
  return { mean, std: sums.map(([, squares], c) => Math.sqrt(squares / count - mean[c]! ** 2)) };
};

describe.each(datasets)("the descriptor of $name", (descriptor) => {
  const { load, ...info } = descriptor;

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
    const { mean, std } = statistics(data);
    for (const [c, value] of info.mean.entries()) {
      expect(Math.abs(mean[c]! - value)).toBeLessThan(0.002);
      expect(Math.abs(std[c]! - info.std[c]!)).toBeLessThan(0.002);
    }
  });
});

describe("datasetNamed", () => {
  it("lists the known data sets when none has the name", () => {
    expect(() => datasetNamed("shapes")).toThrow(DatasetError);
    expect(() => datasetNamed("shapes")).toThrow(
      'dataset: expected one that this program knows (fashion-mnist, synthetic), got "shapes"',
    );
  });

  it("refuses a folder for images that are drawn by code", async () => {
    await expect(datasetNamed("synthetic").load({ root: "photos" })).rejects.toThrow(
      "synthetic: expected no folder, because its images are drawn by code, got photos",
    );
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
});
