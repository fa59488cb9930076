// Which images are held out, and that both parts give the images of the whole.
import { useEngine } from "@mlpconv/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import type { Split, StreamedSplit } from "./dataset.js";
import { holdOut } from "./hold-out.js";
import { loader } from "./loader.js";

beforeAll(async () => {
  await useEngine("cpu");
});

/** Image i is one pixel of level i; 40 images of class 0, 20 of class 1 and 3 of class 300. */
const labels = Uint16Array.from({ length: 63 }, (_, i) => (i < 40 ? 0 : i < 60 ? 1 : 300));
const split: Split = { images: Uint8Array.from(labels, (_, i) => i), labels, shape: [63, 1, 1, 1] };

/** The numbers of a part's images. */
const numbersOf = async ({ shape: [count], read }: StreamedSplit) => [
  ...(await read(Array.from({ length: count }, (_, i) => i))),
];

describe("holdOut", () => {
  it("holds out a share of each class, at least one image, and leaves the others in order", async () => {
    const { train, validation } = holdOut(split, 0.1);
    expect(validation.shape).toEqual([7, 1, 1, 1]);
    expect(train.shape).toEqual([56, 1, 1, 1]);
    expect([...validation.labels]).toEqual([0, 0, 0, 0, 1, 1, 300]);
    const [kept, held] = [await numbersOf(train), await numbersOf(validation)];
    expect([...kept, ...held].sort((a, b) => a - b)).toEqual([...split.images]);
    expect(kept).toEqual(kept.toSorted((a, b) => a - b));
    expect([...train.labels]).toEqual(kept.map((i) => labels[i]));
    expect([...validation.labels]).toEqual(held.map((i) => labels[i]));
  });

  it("chooses by the seed and the labels alone, also of images that are read when needed", async () => {
    const read = async (indices: readonly number[]) => Uint8Array.from(indices);
    const streamed: StreamedSplit = { labels, shape: split.shape, read };
    const first = await numbersOf(holdOut(split, 0.3).validation);
    expect(await numbersOf(holdOut(streamed, 0.3).validation)).toEqual(first);
    expect(await numbersOf(holdOut(split, 0.3, { seed: 1 }).validation)).not.toEqual(first);
  });

  it("leaves an image of each class to learn from", async () => {
    const { train } = holdOut(split, 0.999);
    expect([...train.labels]).toEqual([0, 1, 300]);
  });

  it("gives parts that a loader makes batches of", async () => {
    const seen: number[] = [];
    for await (const { x, y } of loader(holdOut(split, 0.1).validation, { batchSize: 4 })) {
      seen.push(...[...x.dataSync()].map((level) => Math.round(255 * level)));
      expect(y.shape).toEqual([x.shape[0]]);
      x.dispose();
      y.dispose();
    }
    expect(seen).toEqual(await numbersOf(holdOut(split, 0.1).validation));
  });

  it.each([0, 1, -0.1, Number.NaN])("refuses a share of %s", (share) => {
    expect(() => holdOut(split, share)).toThrow(
      `holdOut: expected a share above 0 and below 1, such as 0.1, got ${share}`,
    );
  });

  it("refuses a class of a single image", () => {
    const lonely = { ...split, labels: labels.with(62, 7) };
    expect(() => holdOut(lonely, 0.1)).toThrow(
      "holdOut: expected at least 2 training images of each class, got 1 of class 7; add images of it, or hold out none",
    );
  });
});
