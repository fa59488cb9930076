import { tf, useEngine } from "@mlpconv/tensor";
import { describe, expect, it } from "vitest";
import { DatasetError } from "./dataset-error.js";
import { fromArrays } from "./from-arrays.js";
import { loader } from "./loader.js";

const bytes = Uint8Array.from({ length: 24 }, (_, i) => i);

describe("fromArrays", () => {
  it("makes a split of bytes in one array, without a copy", () => {
    const split = fromArrays(bytes, [2, 0], [2, 2, 3]);
    expect(split).toEqual({ images: bytes, labels: Uint8Array.of(2, 0), shape: [2, 2, 2, 3] });
    expect(split.images.buffer).toBe(bytes.buffer);
  });

  it("makes the same of an array for each image, of canvas pixels and of plain numbers", () => {
    const { images } = fromArrays(bytes, [2, 0], [2, 2, 3]);
    const halves = [bytes.subarray(0, 12), bytes.subarray(12)];
    expect(fromArrays(halves, [2, 0], [2, 2, 3]).images).toEqual(images);
    expect(
      fromArrays(
        halves.map((half) => [...half]),
        [2, 0],
        [2, 2, 3],
      ).images,
    ).toEqual(images);
    expect(fromArrays(Uint8ClampedArray.from(bytes), [2, 0], [2, 2, 3]).images).toEqual(images);
    expect(fromArrays([...bytes], [2, 0], [2, 2, 3]).images).toEqual(images);
    expect(Buffer.isBuffer(fromArrays(Buffer.from(bytes), [2, 0], [2, 2, 3]).images)).toBe(false);
  });

  it("takes labels as names of classes, and more than 256 classes", () => {
    const { labels } = fromArrays(bytes, ["cat", "dog"], [2, 2, 3], { classes: ["dog", "cat"] });
    expect(labels).toEqual(Uint8Array.of(1, 0));
    expect(fromArrays(bytes, [256, 0], [2, 2, 3]).labels).toEqual(Uint16Array.of(256, 0));
    const classes = Array.from({ length: 300 }, (_, i) => `${i}`);
    expect(fromArrays(bytes, ["299", "0"], [2, 2, 3], { classes }).labels).toEqual(Uint16Array.of(299, 0));
  });

  it("gives what a loader makes batches of", async () => {
    await useEngine("cpu");
    const split = fromArrays(bytes, ["cat", "dog"], [2, 2, 3], { classes: ["dog", "cat"] });
    for await (const { x, y } of loader(split, { batchSize: 2, seed: 0 })) {
      expect(x.shape).toEqual([2, 2, 2, 3]);
      expect(x.dataSync()[23]).toBeCloseTo(23 / 255, 6);
      expect([...y.dataSync()]).toEqual([1, 0]);
      tf.dispose([x, y]);
    }
  });

  const transferred = () => {
    const array = Uint8Array.from(bytes);
    structuredClone(array.buffer, { transfer: [array.buffer] });
    return array;
  };

  it("gives images that a loader refuses once their memory is gone", async () => {
    const array = Uint8Array.from(bytes);
    const split = fromArrays(array, [0, 1], [2, 2, 3]);
    const batches = loader(split, { batchSize: 2 });
    structuredClone(array.buffer, { transfer: [array.buffer] });
    const read = async () => {
      for await (const batch of batches) expect.unreachable(`${batch.x.shape}`);
    };
    await expect(read()).rejects.toThrow("images: expected 24 bytes, got 0: their memory was transferred");
  });

  const shape = [2, 2, 3] as const;
  const two = [0, 1];
  // biome-ignore lint/suspicious/noExplicitAny: what JavaScript may hand over.
  const refusals: [string, () => any, string][] = [
    [
      "floats",
      () => fromArrays(Float32Array.from(bytes, (x) => x / 255) as never, two, shape),
      "got a value of the kind Float32Array; multiply by 255: Uint8Array.from(images, (x) => Math.round(255 * x))",
    ],
    [
      "floats in plain arrays",
      () =>
        fromArrays(
          [...bytes].map((x) => x / 255),
          two,
          shape,
        ),
      "at index 1; multiply by 255",
    ],
    [
      "16-bit levels",
      () => fromArrays([Uint16Array.from(bytes)] as never, two, shape),
      "expected image 0 to be levels from 0 to 255 in a Uint8Array, got a value of the kind Uint16Array; take the upper byte",
    ],
    [
      "levels above 255",
      () => fromArrays([0, 256], two, shape),
      "got 256 at index 1; scale them to 0 to 255",
    ],
    ...[Int8Array, Int16Array, Int32Array, Uint32Array].map((Kind): [string, () => unknown, string] => [
      `levels in an ${Kind.name}, whose copy as bytes would take the lowest bits alone`,
      () => fromArrays(Kind.from(bytes) as never, two, shape),
      `got a value of the kind ${Kind.name}; scale them to 0 to 255, if they are not, and copy them: Uint8ClampedArray.from`,
    ]),
    [
      "a buffer without a view",
      () => fromArrays(bytes.buffer as never, two, shape),
      "got a value of the kind ArrayBuffer; look at its bytes: new Uint8Array(images)",
    ],
    [
      "an array that was transferred to a worker",
      () => fromArrays(transferred(), two, shape),
      "expected images with their bytes, got an array whose memory was transferred",
    ],
    [
      "one image that was transferred",
      () => fromArrays([bytes.subarray(12), transferred()], two, shape),
      "expected image 1 with their bytes, got an array whose memory was transferred",
    ],
    ["NaN", () => fromArrays([Number.NaN, 1], two, shape), "got NaN at index 0; scale them"],
    ["no images", () => fromArrays(undefined as never, two, shape), "in a Uint8Array, got undefined"],
    [
      "pixels in lists of their own",
      () => fromArrays([[[1, 2, 3]]] as never, [0], shape),
      "got [1, 2, 3] at index 0; put all levels of an image into one array",
    ],
    [
      "an image that is not as huge as the shape, without room for it",
      () => fromArrays([bytes], [0], [65_536, 65_536, 3]),
      "expected image 0 to have 12884901888 bytes (65536x65536x3), got 24",
    ],
    ["no shape", () => fromArrays(bytes, two, undefined as never), "got undefined"],
    ["labels that are no array", () => fromArrays(bytes, new Set(two) as never, shape), "of the kind Set"],
    ["labels that are absent", () => fromArrays(bytes, null as never, shape), "got null"],
    ["labels as one text", () => fromArrays(bytes, "01" as never, shape), 'got "01"'],
    ["labels of NaN", () => fromArrays(bytes, Float32Array.of(0, Number.NaN), shape), "got NaN"],
    ["big integers as labels", () => fromArrays(bytes, BigInt64Array.of(0n, 1n) as never, shape), "got 0n"],
    [
      "one-hot labels",
      () => fromArrays(bytes, [[0, 1]] as never, [2, 4, 3]),
      "got [0, 1]; give the number of the class",
    ],
    [
      "classes that are no names",
      () => fromArrays(bytes, two, shape, { classes: [5, 6] as never }),
      "got [5, 6]",
    ],
    ["what is no array", () => fromArrays("bytes" as never, two, shape), "got a value of the kind String"],
    [
      "too few bytes",
      () => fromArrays(bytes.subarray(1), two, shape),
      "expected 2 images of 2x2x3 for 2 labels, 24 bytes, got 23 bytes, 1.92 images; correct the shape or the labels",
    ],
    [
      "an image of another size",
      () => fromArrays([bytes.subarray(0, 12), bytes.subarray(12, 20)], two, shape),
      "expected image 1 to have 12 bytes (2x2x3), got 8",
    ],
    ["a wrong shape", () => fromArrays(bytes, two, [2, 0, 3]), "got [2, 0, 3]"],
    [
      "no labels",
      () => fromArrays(new Uint8Array(0), [], shape),
      "expected a label for each image, got no labels",
    ],
    [
      "names without classes",
      () => fromArrays(bytes, ["cat", "dog"], shape),
      'expected label 0 to be a number, got "cat"; name the classes',
    ],
    [
      "an unknown name",
      () => fromArrays(bytes, ["cat", "cow"], shape, { classes: ["cat", "dog"] }),
      'expected label 1 to be one of the 2 classes (cat, dog) or its number, from 0, got "cow"',
    ],
    [
      "a label beyond the classes",
      () => fromArrays(bytes, [0, 2], shape, { classes: ["cat", "dog"] }),
      "got 2",
    ],
    ["a label that is no whole number", () => fromArrays(bytes, [0, 1.5], shape), "got 1.5"],
    ["a label that is missing", () => fromArrays(bytes, [0, undefined as never], shape), "got undefined"],
    ["two classes of one name", () => fromArrays(bytes, two, shape, { classes: ["a", "a"] }), "got [a, a]"],
  ];
  it.each(refusals)("refuses %s", (_, make, words) => {
    expect(make).toThrow(DatasetError);
    expect(make).toThrow(/^fromArrays: expected /);
    expect(make).toThrow(words);
  });
});
