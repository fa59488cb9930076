// What the engine does for a batch, on every engine of this machine: pixels as PIL makes them, and no tensor left behind.
import { readFileSync } from "node:fs";
import { tf, useEngine } from "@mlpconv/tensor";
import { eachEngine, tolerance } from "@mlpconv/testing";
import { describe, expect, it } from "vitest";
import { parseAugment } from "../src/augment/text.js";
import { loader } from "../src/loader.js";
import { synthetic } from "../src/synthetic.js";
import { toPixels } from "../src/to-pixels.js";

interface Case {
  formula: keyof typeof formulas;
  from: [number, number];
  to: [number, number];
  step: number;
  /** Base64 of every `step`-th pixel of every `step`-th row. */
  values: string;
}

/** Those of fixtures/make-pil-resize.py. */
const formulas = {
  smooth: (x: number, y: number) => (x * 3 + y * 5 + Math.floor((x * y) / 8)) % 256,
  rough: (x: number, y: number) => (x * x * 37 + y * 101 + x * y * 53 + 11) % 256,
  checks: (x: number, y: number) => 255 * ((x + y) % 2),
};

const fixture = new URL("../fixtures/pil-resize.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(fixture, "utf8")) as { cases: Case[] };

const image = ({ formula, from: [height, width] }: Case): Uint8Array =>
  Uint8Array.from({ length: height * width }, (_, i) => formulas[formula](i % width, Math.floor(i / width)));

/** Grey levels where the fixture has them. */
const sampled = ({ to: [height, width], step }: Case, pixels: ArrayLike<number>): number[] => {
  const levels: number[] = [];
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) levels.push(pixels[y * width + x]! * 255);
  }
  return levels;
};

await eachEngine((engine) => {
  describe("pixels", () => {
    it.each(cases)("of $formula resized from $from to $to are PIL's", (given) => {
      const expected = [...Buffer.from(given.values, "base64")];
      const pixels = toPixels(image(given), [1, ...given.from, 1], { size: given.to, normalize: undefined });
      const levels = sampled(given, pixels.dataSync());
      pixels.dispose();
      expect(levels).toBeAllclose(expected, { rtol: 0, atol: 0.001 });
    });

    it("of an image that keeps its size are its bytes / 255", () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      const pixels = toPixels(bytes, [2, 8, 16, 1], { size: undefined, normalize: undefined });
      expect(pixels.shape).toEqual([2, 8, 16, 1]);
      expect(pixels.dtype).toBe("float32");
      expect(pixels.dataSync()).toBeAllclose(
        [...bytes].map((level) => level / 255),
        tolerance[engine.name].elementwise,
      );
      pixels.dispose();
    });

    it("are normalised channel by channel", () => {
      const normalize = { mean: [0, 0.5], std: [1, 0.25] };
      const pixels = toPixels(Uint8Array.of(0, 255, 51, 0), [1, 1, 2, 2], { size: undefined, normalize });
      expect(pixels.dataSync()).toBeAllclose([0, 2, 0.2, -2], tolerance[engine.name].elementwise);
      pixels.dispose();
    });

    it("of several images with several channels are those of each image alone", () => {
      const bytes = Uint8Array.from({ length: 2 * 5 * 4 * 3 }, (_, i) => (i * 37) % 256);
      const together = toPixels(bytes, [2, 5, 4, 3], { size: [7, 9], normalize: undefined });
      for (let n = 0; n < 2; n++) {
        for (let c = 0; c < 3; c++) {
          const one = bytes.filter((_, i) => Math.floor(i / 60) === n && i % 3 === c);
          const alone = toPixels(one, [1, 5, 4, 1], { size: [7, 9], normalize: undefined });
          const part = together.slice([n, 0, 0, c], [1, 7, 9, 1]);
          expect(part.dataSync()).toBeAllclose(alone.dataSync(), tolerance[engine.name].elementwise);
          tf.dispose([alone, part]);
        }
      }
      together.dispose();
    });
  });

  it("augmented batches are those of cpu, to the bit", async () => {
    const { train } = synthetic({ train: 20 });
    const augment = parseAugment(
      "flip,shift:2,rotate:10,scale:1.25,brightness:0.2,contrast:0.2,erase:8,mixup:0.2",
    );
    const levelsOf = async (name: typeof engine.name) => {
      await useEngine(name);
      const seen: object[] = [];
      for await (const { x, y, mix } of loader(train, { batchSize: 8, shuffle: true, augment })) {
        // Whole levels: what an engine makes of a level may differ in the last bit.
        seen.push({
          levels: Array.from(await x.data(), (v) => Math.round(v * 255)),
          y: [...(await y.data())],
          mix,
        });
        tf.dispose([x, y]);
      }
      return seen;
    };
    expect(await levelsOf(engine.name)).toEqual(await levelsOf("cpu"));
    await useEngine(engine.name);
  });

  it("the loader leaks no tensors, not even when it is abandoned", async () => {
    const { train } = synthetic({ train: 20 });
    const normalize = { mean: 0.3, std: 0.3 };
    const batches = loader(train, { batchSize: 8, resize: 32, shuffle: true, flip: true, normalize });
    const epoch = async () => {
      for await (const { x, y } of batches) tf.dispose([x, y]);
    };
    await epoch();
    const before = { ...tf.memory() };
    await epoch();
    for await (const { x, y } of batches) {
      expect(tf.memory().numTensors).toBe(before.numTensors + 2);
      tf.dispose([x, y]);
      break;
    }
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });
});
