// What loaders do with augmentations: which example gets what, and what is refused.
import { stream, tf, useEngine } from "@mlpconv/tensor";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { AnySplit, Split, StreamedSplit } from "../dataset.js";
import { DatasetError } from "../dataset-error.js";
import { loader } from "../loader.js";
import type { LoaderOptions, Share } from "../loader-options.js";
import { augmentedImages } from "./augmented-images.js";
import {
  type Augmentation,
  brightness,
  contrast,
  erase,
  flip,
  mixup,
  rotate,
  scale,
  shift,
} from "./operations.js";

beforeAll(async () => {
  await useEngine("cpu");
});

const splitOf = (count: number, height: number, width: number, channels: number): Split => ({
  images: Uint8Array.from(
    { length: count * height * width * channels },
    (_, i) => 1 + ((Math.imul(i + 1, 2_654_435_761) >>> 16) % 255),
  ),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
  shape: [count, height, width, channels],
});

const split = splitOf(40, 7, 9, 1);
const length = 63;
const everything = [
  flip(),
  shift(2),
  rotate(20),
  scale(1.25),
  brightness(0.3),
  contrast(0.3),
  erase(3),
  mixup(0.4),
];
const all = Array.from({ length: 40 }, (_, i) => i);
const bytes = (augment: readonly Augmentation[], options: { seed?: number; epoch?: number } = {}) =>
  augmentedImages(split, all, { augment, ...options });
const imageOf = (images: Uint8Array, i: number) => [...images.subarray(i * length, (i + 1) * length)];

/** Images and labels of an epoch, one after another. */
const epochOf = async (
  from: AnySplit,
  options: Partial<LoaderOptions>,
  { epoch = 1, skip = 0, share }: { epoch?: number; skip?: number; share?: Share } = {},
) => {
  const seen: { image: number[]; label: number; other: number; part: number }[] = [];
  const size = from.shape.slice(1).reduce((product, side) => product * side, 1);
  for await (const { x, y, mix } of loader(from, { batchSize: 7, ...options }).epoch(epoch, skip, share)) {
    const levels = [...x.dataSync()].map((pixel) => Math.round(pixel * 255));
    for (const [i, label] of y.dataSync().entries())
      seen.push({
        image: levels.slice(i * size, (i + 1) * size),
        label,
        other: mix?.labels[i] ?? -1,
        part: mix?.shares[i] ?? -1,
      });
    tf.dispose([x, y]);
  }
  return seen;
};

describe("augmentation", () => {
  it("flips the same images as it did before there were others, by either option", async () => {
    const coins = stream(5, "flip").bits(40, { block: 3 });
    const [, height, width] = split.shape;
    const expected = all.flatMap((n) => {
      const image = imageOf(split.images, n);
      const rows = Array.from({ length: height }, (_, y) => image.slice(y * width, (y + 1) * width));
      return rows.flatMap((row) => (coins[n]! & 1 ? [...row].reverse() : row));
    });
    expect([...(await bytes([flip()], { seed: 5, epoch: 3 }))]).toEqual(expected);
    expect([...(await augmentedImages(split, all, { flip: true, seed: 5, epoch: 3 }))]).toEqual(expected);
    const asked = { shuffle: true, seed: 5 };
    expect(await epochOf(split, { ...asked, augment: [flip()] })).toEqual(
      await epochOf(split, { ...asked, flip: true }),
    );
  });

  it("shifts by every offset up to its number, each about as often", async () => {
    const one: Split = {
      images: new Uint8Array(2000 * 9),
      labels: new Uint8Array(2000),
      shape: [2000, 3, 3, 1],
    };
    for (let i = 0; i < 2000; i++) one.images[9 * i + 4] = 1;
    const seen = new Array(9).fill(0);
    const images = await augmentedImages(one, [...one.labels.keys()], { augment: [shift(1)] });
    for (const [i, level] of images.entries()) seen[i % 9] += level;
    for (const count of seen) expect(Math.abs(count - 2000 / 9)).toBeLessThan(60);
  });

  it("draws each operation from its own stream: another one in the list does not change it", async () => {
    const shifted = await bytes([shift(3)]);
    const both = await bytes([shift(3), erase(2)]);
    const lit = await bytes([shift(3), brightness(0.01)]);
    for (let i = 0; i < both.length; i++) {
      if (both[i] !== 0) expect(both[i]).toBe(shifted[i]);
      expect(Math.abs(lit[i]! - shifted[i]!)).toBeLessThanOrEqual(3);
    }
    expect(both).not.toEqual(shifted);
    expect(lit).not.toEqual(shifted);
  });

  it.each(everything.map((each) => [each.name, each] as const))(
    "%s depends on seed, epoch and example, and leaves the split's bytes alone",
    async (_, each) => {
      const before = split.images.slice();
      const first = await bytes([each]);
      expect(first).not.toEqual(before);
      expect(await bytes([each])).toEqual(first);
      expect(await bytes([each], { seed: 1 })).not.toEqual(first);
      expect(await bytes([each], { epoch: 1 })).not.toEqual(first);
      expect(split.images).toEqual(before);
    },
  );

  it("does not depend on the order of the list", async () => {
    expect(await bytes([...everything].reverse())).toEqual(await bytes(everything));
  });

  it("gives every example the same in batches of any size, in shards, after a skip and from a stream", async () => {
    const options = { shuffle: true, seed: 3, augment: everything };
    const whole = await epochOf(split, options);
    expect(whole).toHaveLength(40);
    expect(await epochOf(split, { ...options, batchSize: 1 })).toEqual(whole);
    expect(await epochOf(split, { ...options, batchSize: 40 })).toEqual(whole);
    expect(await epochOf(split, options, { skip: 3 })).toEqual(whole.slice(21));
    const streamed: StreamedSplit = {
      labels: split.labels,
      shape: split.shape,
      read: async (indices) => Uint8Array.from(indices.flatMap((i) => imageOf(split.images, i))),
    };
    expect(await epochOf(streamed, options)).toEqual(whole);
    const shards = { of: 4, batchSize: 40 };
    const parts = [0, 1, 2, 3].map((from) => ({ share: { of: shards.of, from, to: from + 1 } }));
    const cut = await Promise.all(
      parts.map((part) => epochOf(split, { ...options, batchSize: shards.batchSize }, part)),
    );
    expect(cut.flat()).toEqual(whole);
    // Not the order of the epoch either.
    const inOrder = await epochOf(split, { ...options, shuffle: false });
    const sorted = (seen: typeof whole) => seen.map((each) => JSON.stringify(each)).sort();
    expect(sorted(inOrder)).toEqual(sorted(whole));
  });

  it("mixes each image with another one as that one is augmented, and names the label of the larger share", async () => {
    const others = [flip(), shift(2), brightness(0.3), erase(3)];
    const plain = await bytes(others, { seed: 3, epoch: 1 });
    const partners = stream(3, "mixup-partner").permutation(40, { block: 1 });
    const mixed = await epochOf(split, { seed: 3, augment: [mixup(1), ...others] });
    const swapped = new Set<boolean>();
    for (const [i, { image, label, other, part }] of mixed.entries()) {
      const [own, second] = [imageOf(plain, i), imageOf(plain, partners[i]!)];
      const ofOwn = (share: number) =>
        own.map((level, j) => Math.floor(level * share + second[j]! * (1 - share) + 0.5));
      expect(part).toBeGreaterThanOrEqual(0.5);
      const first = JSON.stringify(image) === JSON.stringify(ofOwn(part));
      swapped.add(!first);
      if (!first) expect(image).toEqual(ofOwn(1 - part));
      const labels = [split.labels[i], split.labels[partners[i]!]];
      expect([label, other]).toEqual(first ? labels : labels.reverse());
    }
    expect(swapped).toEqual(new Set([true, false]));
  });

  it("mixes among the examples of the limit alone", async () => {
    const zeros: Split = { ...split, images: split.images.map((_, i) => (i < 10 * length ? 1 : 200)) };
    const mixed = await augmentedImages(zeros, all.slice(0, 10), { augment: [mixup(1)], limit: 10 });
    expect(new Set(mixed)).toEqual(new Set([1]));
  });

  it("has no second labels without mixup", async () => {
    for await (const batch of loader(split, { batchSize: 40, augment: everything.slice(0, -1) })) {
      expect(Object.keys(batch)).toEqual(["x", "y"]);
      tf.dispose([batch.x, batch.y]);
    }
  });

  it("takes images of any shape, and draws what it draws for them alone", async () => {
    const side = fc.integer({ min: 1, max: 13 });
    await fc.assert(
      fc.asyncProperty(side, side, fc.integer({ min: 1, max: 4 }), fc.nat(1000), async (h, w, c, seed) => {
        const some = splitOf(3, h, w, c);
        const fits = everything.filter(({ name }) => name !== "shift" || Math.min(h, w) > 2);
        const augment = fits.map((each) =>
          each.name === "erase" ? erase(Math.min(3, Math.max(h, w))) : each,
        );
        const images = await augmentedImages(some, [0, 1, 2], { augment, seed });
        expect(images).toHaveLength(3 * h * w * c);
        expect(await augmentedImages(some, [2], { augment, seed })).toEqual(images.subarray(2 * h * w * c));
      }),
      { numRuns: 60 },
    );
  });

  const refused: [string, Augmentation[], string, Split?][] = [
    [
      "a value that is not a list",
      "flip" as unknown as [],
      'expected augment to be a list of operations, got "flip"; give for example [shift(2), flip()], or parseAugment(text)',
    ],
    ["text in a list", ["flip:1"] as unknown as [], 'got "flip:1"'],
    [
      "a value that is not a number",
      [{ name: "shift", value: 0.5 }],
      "expected shift of augment to be shift:P with P a whole number",
    ],
    ["an unknown operation", [{ name: "blur" as "flip" }], 'got {"name":"blur"}'],
    ["null", [null as unknown as Augmentation], "one of flip, shift:P"],
    ["two of a kind", [shift(1), shift(2)], "expected each operation of augment once, got shift twice"],
    [
      "a shift out of the image",
      [shift(7)],
      "expected shift of augment to move by less than the 7 pixels of the shorter side, got shift:7 for images of 7x9 pixels; give at most 6",
    ],
    [
      "a shift of one row",
      [shift(1)],
      "got shift:1 for images of 1x9 pixels; leave it out",
      splitOf(1, 1, 9, 1),
    ],
    [
      "a square larger than the image",
      [erase(10)],
      "expected erase of augment to blacken at most the 9 pixels of the longer side, got erase:10 for images of 7x9 pixels; give at most 9",
    ],
    [
      "a warp of very large images",
      [rotate(1)],
      "expected images of at most 8192 pixels a side with rotate of augment, got images of 1x8193 pixels",
      splitOf(1, 1, 8193, 1),
    ],
  ];

  it.each(refused)("refuses %s", (_, augment, words, given = split) => {
    const make = () => loader(given, { batchSize: 1, augment });
    expect(make).toThrow(DatasetError);
    expect(make).toThrow(words);
    expect(make).toThrow(/^loader: expected /);
  });

  it("refuses flip by both options", () => {
    expect(() => loader(split, { batchSize: 1, flip: true, augment: [shift(1), flip()] })).toThrow(
      "loader: expected flip once, got flip: true and flip in augment; leave one of them out",
    );
  });

  it("refuses an example that is not there", async () => {
    await expect(augmentedImages(split, [40])).rejects.toThrow(
      "loader: expected an index to be less than 40, the number of examples, got 40",
    );
  });
});
