// Order, flips, batches, and every option that is refused.
import { tf, useEngine } from "@mlpconv/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import type { Split, StreamedSplit } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";
import { type Loader, loader } from "./loader.js";
import type { LoaderOptions } from "./loader-options.js";

beforeAll(async () => {
  await useEngine("cpu");
});

/** 100 images of 2x3 pixels; image i holds its number, then 1 to 5. */
const numbered: Split = {
  images: Uint8Array.from({ length: 600 }, (_, i) => (i % 6 === 0 ? i / 6 : i % 6)),
  labels: Uint8Array.from({ length: 100 }, (_, i) => i % 10),
  shape: [100, 2, 3, 1],
};

interface Seen {
  /** The grey levels of each image. */
  images: number[][];
  labels: number[];
  sizes: number[];
}

const see = async (batches: Loader, epoch: number): Promise<Seen> => {
  const seen: Seen = { images: [], labels: [], sizes: [] };
  for await (const { x, y } of batches.epoch(epoch)) {
    expect(x.dtype).toBe("float32");
    expect(y.dtype).toBe("int32");
    expect(y.shape).toEqual([x.shape[0]]);
    const levels = [...x.dataSync()].map((pixel) => Math.round(pixel * 255));
    for (let i = 0; i < x.shape[0]; i++) seen.images.push(levels.slice(6 * i, 6 * i + 6));
    seen.labels.push(...y.dataSync());
    seen.sizes.push(x.shape[0]);
    tf.dispose([x, y]);
  }
  return seen;
};

const straight = (n: number) => [n, 1, 2, 3, 4, 5];
const mirrored = (n: number) => [2, 1, n, 5, 4, 3];
/** Which example an image is, whichever way round. */
const numberOf = (image: number[]) => (image[1] === 1 && image[0] !== 2 ? image[0]! : image[2]!);

describe("loader", () => {
  it("gives every example once, in the split's order, and keeps the last short batch", async () => {
    const batches = loader(numbered, { batchSize: 32 });
    expect([batches.batches, batches.examples, batches.batchSize]).toEqual([4, 100, 32]);
    const { images, labels, sizes } = await see(batches, 0);
    expect(sizes).toEqual([32, 32, 32, 4]);
    expect(images).toEqual(Array.from({ length: 100 }, (_, i) => straight(i)));
    expect(labels).toEqual([...numbered.labels]);
  });

  it("shuffles by (seed, epoch) alone: the batch size does not matter, and labels stay with their images", async () => {
    const order = async (options: Partial<LoaderOptions>, epoch: number) => {
      const { images, labels } = await see(
        loader(numbered, { batchSize: 7, shuffle: true, ...options }),
        epoch,
      );
      const numbers = images.map((image) => image[0]!);
      expect(labels).toEqual(numbers.map((n) => n % 10));
      return numbers;
    };
    const first = await order({}, 0);
    expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(first).not.toEqual([...first].sort((a, b) => a - b));
    expect(await order({}, 0)).toEqual(first);
    expect(await order({ seed: 0, batchSize: 100 }, 0)).toEqual(first);
    expect(await order({ batchSize: 1, flip: false }, 0)).toEqual(first);
    expect(await order({}, 1)).not.toEqual(first);
    expect(await order({ seed: 1 }, 0)).not.toEqual(first);
  });

  it("flips about half of the images left to right, the same ones whatever the batch size and the order", async () => {
    const flipped = async (options: Partial<LoaderOptions>, epoch: number) => {
      const { images } = await see(loader(numbered, { batchSize: 7, flip: true, ...options }), epoch);
      const ways = images.map((image) => {
        const n = numberOf(image);
        expect([straight(n), mirrored(n)]).toContainEqual(image);
        return [n, image[1] === 1 && `${image}` === `${mirrored(n)}`] as const;
      });
      return new Map([...ways].sort(([a], [b]) => a - b));
    };
    const first = await flipped({}, 0);
    const count = [...first.values()].filter(Boolean).length;
    expect(count).toBeGreaterThan(30);
    expect(count).toBeLessThan(70);
    expect(await flipped({ batchSize: 64 }, 0)).toEqual(first);
    expect(await flipped({ shuffle: true }, 0)).toEqual(first);
    const part = await flipped({ limit: 40 }, 0);
    expect(part).toEqual(new Map([...first].filter(([n]) => n < 40)));
    expect(await flipped({}, 1)).not.toEqual(first);
    expect(await flipped({ seed: 1 }, 0)).not.toEqual(first);
  });

  it("mirrors pixels, not channels", async () => {
    const colours: Split = {
      images: Uint8Array.of(1, 2, 3, 4, 5, 6),
      labels: Uint8Array.of(0),
      shape: [1, 1, 2, 3],
    };
    const seen = new Set<string>();
    const batches = loader(colours, { batchSize: 1, flip: true });
    for (let epoch = 0; epoch < 20; epoch++) seen.add(`${(await see(batches, epoch)).images[0]}`);
    expect([...seen].sort()).toEqual(["1,2,3,4,5,6", "4,5,6,1,2,3"]);
  });

  it("leaves the split's bytes alone", async () => {
    const before = numbered.images.slice();
    await see(loader(numbered, { batchSize: 9, flip: true, shuffle: true }), 3);
    expect(numbered.images).toEqual(before);
  });

  it("takes the first examples up to the limit, shuffled among themselves", async () => {
    const batches = loader(numbered, { batchSize: 4, limit: 10, shuffle: true });
    expect([batches.batches, batches.examples]).toEqual([3, 10]);
    const { images, sizes } = await see(batches, 2);
    expect(sizes).toEqual([4, 4, 2]);
    expect(images.map((image) => image[0]!).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("iterates over epoch 0, and can be iterated over again", async () => {
    const batches = loader(numbered, { batchSize: 50, shuffle: true });
    const firstLabels = async () => {
      const labels: number[] = [];
      for await (const { x, y } of batches) {
        labels.push(...y.dataSync());
        tf.dispose([x, y]);
      }
      return labels;
    };
    const { labels } = await see(batches, 0);
    expect(await firstLabels()).toEqual(labels);
    expect(await firstLabels()).toEqual(labels);
  });

  it("resizes to a square or to [height, width]", async () => {
    for (const [resize, shape] of [
      [5, [1, 5, 5, 1]],
      [
        [4, 7],
        [1, 4, 7, 1],
      ],
    ] as const) {
      for await (const { x, y } of loader(numbered, { batchSize: 1, limit: 1, resize })) {
        expect(x.shape).toEqual(shape);
        tf.dispose([x, y]);
      }
    }
  });

  const { images, labels, shape } = numbered;
  const refused: [string, Partial<LoaderOptions>, string][] = [
    ["batch size 0", { batchSize: 0 }, "batchSize to be a whole number of at least 1, got 0"],
    ["batch size 1.5", { batchSize: 1.5 }, "batchSize to be a whole number of at least 1, got 1.5"],
    ["batch size NaN", { batchSize: Number.NaN }, "batchSize to be a whole number of at least 1, got NaN"],
    ["batch size -1", { batchSize: -1 }, "batchSize to be a whole number of at least 1, got -1"],
    ["resize 0", { resize: 0 }, "resize to be a whole number of at least 1, got 0"],
    ["resize [3, 0.5]", { resize: [3, 0.5] }, "resize to be a whole number of at least 1, got 0.5"],
    ["limit 0", { limit: 0 }, "limit to be a whole number of at least 1, got 0"],
    [
      "a limit above the count",
      { limit: 101 },
      "limit to be at most 100, the number of examples, got 101; leave it out to take all",
    ],
    ["seed -1", { seed: -1 }, "seed to be a whole number of at least 0, got -1"],
    ["seed 2^53", { seed: 2 ** 53 }, "seed to be a whole number of at least 0, got 9007199254740992"],
    ["std 0", { normalize: { mean: 0, std: 0 } }, "normalize.std to be more than 0, got 0"],
    [
      "mean NaN",
      { normalize: { mean: Number.NaN, std: 1 } },
      "normalize.mean to be a finite number, got NaN",
    ],
    [
      "three means for one channel",
      { normalize: { mean: [0, 0, 0], std: 1 } },
      "normalize.mean to be one number or one per channel (1), got [0,0,0]",
    ],
  ];
  const scaled =
    "scale floats in [0, 1] to levels with Uint8Array.from(images, (v) => Math.round(v * 255)), and 16-bit levels with v >> 8";
  const numberedClasses =
    "number the classes from 0 and keep them with Uint8Array.from(...), or Uint16Array.from(...) for more than 256";
  /** What a program in JavaScript may give. */
  const untyped = (values: unknown) => values as Uint8Array;
  const badSplits: [string, Split, string][] = [
    [
      "floats in place of bytes",
      { images: untyped(Float32Array.from(images, (v) => v / 255)), labels, shape },
      `the split's images to be bytes in a Uint8Array, got Float32Array; ${scaled}`,
    ],
    [
      "16-bit levels",
      { images: untyped(Uint16Array.from(images)), labels, shape },
      `the split's images to be bytes in a Uint8Array, got Uint16Array; ${scaled}`,
    ],
    [
      "numbers in a list",
      { images: untyped([...images]), labels, shape },
      `the split's images to be bytes in a Uint8Array, got an array of numbers; ${scaled}`,
    ],
    [
      "labels in words",
      { images, labels: untyped(Array.from(labels, (label) => `class ${label}`)), shape },
      `the split's labels to be bytes in a Uint8Array, got an array of strings; ${numberedClasses}`,
    ],
    [
      "labels that are not whole numbers",
      { images, labels: untyped(Float32Array.from(labels, (label) => label + 0.5)), shape },
      `the split's labels to be bytes in a Uint8Array, got Float32Array; ${numberedClasses}`,
    ],
    [
      "too few bytes",
      { images: images.subarray(1), labels, shape },
      "the split's images to be 600 bytes (100x2x3x1), got 599",
    ],
    [
      "too few labels",
      { images, labels: labels.subarray(1), shape },
      "the split's labels to be 100, one per image, got 99",
    ],
    [
      "no examples",
      { images, labels, shape: [0, 2, 3, 1] },
      "the split's sizes to be a whole number of at least 1, got 0",
    ],
  ];

  const errorOf = (make: () => unknown): DatasetError => {
    try {
      make();
    } catch (error) {
      if (error instanceof DatasetError) return error;
    }
    throw new Error("expected a DatasetError");
  };

  it.each(refused)("refuses %s", (_, options, words) => {
    const error = errorOf(() => loader(numbered, { batchSize: 1, ...options }));
    expect(error.message).toBe(`loader: expected ${words}`);
    expect(error.code).toBe("option");
  });

  it("tells its images' shape and its labels without making a batch", () => {
    const { imageShape, labels: told } = loader(numbered, { batchSize: 3, limit: 5, resize: [8, 9] });
    expect(imageShape).toEqual([8, 9, 1]);
    expect([...(told as Uint8Array)]).toEqual([...labels.subarray(0, 5)]);
  });

  it("takes bytes in a Buffer and in a Uint8ClampedArray", () => {
    for (const same of [Buffer.from(images), untyped(Uint8ClampedArray.from(images))]) {
      expect(loader({ images: same, labels, shape }, { batchSize: 7 }).batches).toBe(15);
    }
  });

  it("takes labels of more than 256 classes", async () => {
    const many: Split = { images, labels: Uint16Array.from(labels, (label) => label + 300), shape };
    expect((await see(loader(many, { batchSize: 50 }), 0)).labels).toEqual([...labels].map((n) => n + 300));
  });

  it("gives the same batches and shards of images that are read when they are needed, with two reads ahead", async () => {
    const asked: number[][] = [];
    const streamed: StreamedSplit = {
      labels,
      shape,
      read: async (indices) => {
        asked.push([...indices]);
        return Uint8Array.from(indices.flatMap((i) => [...images.subarray(6 * i, 6 * i + 6)]));
      },
    };
    const options = { batchSize: 33, shuffle: true, flip: true, seed: 3 };
    expect(await see(loader(streamed, options), 2)).toEqual(await see(loader(numbered, options), 2));
    expect(asked).toHaveLength(4);
    const share = { of: 4, from: 2, to: 4 };
    const batches = async (split: Split | StreamedSplit) => {
      const found: object[] = [];
      for await (const { x, y, within } of loader(split, options).epoch(1, 1, share))
        found.push({ within, shape: x.shape, images: [...x.dataSync()], labels: [...y.dataSync()] });
      return found;
    };
    expect(await batches(streamed)).toEqual(await batches(numbered));
    asked.length = 0;
    for await (const { x, y } of loader(streamed, { batchSize: 10 })) {
      tf.dispose([x, y]);
      expect(asked).toHaveLength(3);
      break;
    }
  });

  it("tells a failed read when its batch is due, and not before", async () => {
    let reads = 0;
    const broken: StreamedSplit = {
      labels,
      shape,
      read: async (indices) => {
        if (++reads === 2) throw new Error("b.jpg is gone");
        return new Uint8Array(6 * indices.length);
      },
    };
    let batches = 0;
    const reading = async () => {
      for await (const { x, y } of loader(broken, { batchSize: 10 })) {
        batches++;
        tf.dispose([x, y]);
      }
    };
    await expect(reading()).rejects.toThrow("b.jpg is gone");
    expect(batches).toBe(1);
  });

  it.each(badSplits)("refuses a split with %s", (_, split, words) => {
    expect(errorOf(() => loader(split, { batchSize: 1 })).message).toBe(`loader: expected ${words}`);
  });

  it("refuses an epoch that is none", () => {
    const batches = loader(numbered, { batchSize: 1 });
    for (const n of [-1, 0.5, Number.NaN]) {
      expect(errorOf(() => batches.epoch(n)).message).toBe(
        `loader: expected the epoch to be a whole number of at least 0, got ${n}`,
      );
    }
  });

  it("refuses a number of batches to skip that is none, before it reads images at other places", () => {
    const batches = loader(numbered, { batchSize: 1 });
    for (const skip of [-1, 0.5, Number.NaN]) {
      expect(errorOf(() => batches.epoch(0, skip)).message).toBe(
        `loader: expected the number of batches to skip to be a whole number of at least 0, got ${skip}`,
      );
    }
  });

  it("gives shards that make up the batches, with their flips and places, also where a shard is empty", async () => {
    const batches = loader(numbered, { batchSize: 33, shuffle: true, flip: true, seed: 3 });
    const whole = await see(batches, 2);
    const shards = async (from: number, to: number) => {
      const found: { within: object; images: number[] }[] = [];
      for await (const { x, y, within } of batches.epoch(2, 0, { of: 4, from, to })) {
        found.push({ within: within!, images: [...x.dataSync()].map((pixel) => Math.round(pixel * 255)) });
        expect(x.shape).toEqual([y.shape[0], 2, 3, 1]);
        tf.dispose([x, y]);
      }
      return found;
    };
    const [first, second] = [await shards(0, 2), await shards(2, 4)];
    // 33, 33, 33 and 1 examples: the last batch fills the last of four shards.
    expect(first.map(({ within }) => within).slice(-2)).toEqual([
      { first: 0, examples: 1 },
      { first: 0, examples: 1 },
    ]);
    expect(second.map(({ images }) => images.length / 6).slice(-2)).toEqual([0, 1]);
    const inOrder = [0, 2, 4, 6].flatMap((i) => [...first.slice(i, i + 2), ...second.slice(i, i + 2)]);
    expect(inOrder.flatMap(({ images }) => images)).toEqual(whole.images.flat());
  });

  it.each([
    [{ of: 0, from: 0, to: 1 }, "the number of shards to be a whole number of at least 1, got 0"],
    [{ of: 4, from: -1, to: 1 }, "the first shard to be a whole number of at least 0, got -1"],
    [{ of: 4, from: 2, to: 2 }, "the end of the share to be a whole number from 3 to 4, got 2"],
    [{ of: 4, from: 2, to: 5 }, "the end of the share to be a whole number from 3 to 4, got 5"],
  ])("refuses the share %j", (share, words) => {
    const batches = loader(numbered, { batchSize: 8 });
    expect(errorOf(() => batches.epoch(0, 0, share)).message).toBe(`loader: expected ${words}`);
  });

  it("refuses a standard deviation that is 0 as a float32", () => {
    const normalize = { mean: 0, std: 1e-46 };
    expect(errorOf(() => loader(numbered, { batchSize: 1, normalize })).message).toBe(
      "loader: expected normalize.std to be more than 0, got 1e-46",
    );
  });
});
