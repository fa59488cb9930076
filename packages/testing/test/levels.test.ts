// resizeLevels is PIL's `Image.resize` of 8-bit images, to the bit and on every engine.
import { createHash } from "node:crypto";
import { resizeLevels, tf } from "@mlpconv/tensor";
import { expect, test } from "vitest";
import { eachEngine } from "../src/index.js";

type Shape = [number, number, number, number];

/** The hash of an index, so that neighbours differ and no value is left out. */
const levels = (shape: Shape) =>
  Uint8Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.imul(i, 2654435761) >>> 24);

await eachEngine(() => {
  // The beginning of the SHA-256 of `Image.fromarray(levels).resize(size, BILINEAR)` of Pillow 13, image by image.
  // Pillow 13 begins with the columns where they shrink most, as no version before it did and the contract does not: no such size is here.
  test.each<[Shape, [number, number], string]>([
    [[2, 28, 28, 1], [28, 28], "440fece7a35f86c0"],
    [[2, 28, 28, 1], [96, 96], "350a27f0f6576d17"],
    [[2, 28, 28, 1], [224, 224], "3943a88127a0bf79"],
    [[2, 224, 224, 1], [28, 28], "47c6ca8cd790471c"],
    [[3, 7, 13, 3], [29, 5], "25bd3006ce66b592"],
    [[1, 32, 32, 3], [33, 31], "399860f021d1dbc0"],
    [[1, 1, 5, 1], [3, 2], "aaf797119134c536"],
  ])(
    "resizeLevels from %j to %j equals PIL, for levels on the host and on the engine",
    async (shape, size, expected) => {
      const given = tf.tensor4d(levels(shape), shape, "int32");
      for (const x of [given, tf.add(given, tf.scalar(0, "int32")) as tf.Tensor4D]) {
        const pixels = resizeLevels(x, size);
        expect(pixels.shape).toEqual([shape[0], ...size, shape[3]]);
        const values = (await pixels.data()) as Float32Array;
        const bytes = Uint8Array.from(values, (pixel) => Math.round(pixel * 255));
        expect(Math.max(...values.map((pixel, i) => Math.abs(pixel - bytes[i]! / 255)))).toBeLessThan(1e-7);
        expect(createHash("sha256").update(bytes).digest("hex").slice(0, 16)).toBe(expected);
      }
    },
  );
});
