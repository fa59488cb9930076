// A run on colour images of any number of classes, with mistakes that are drawn from a seed.
import { classFigures, type Run } from "@mlpconv/runs";
import { classNames } from "@mlpconv/testing";
import { sampleEvaluation, sampleNet, sampleRun } from "../../runs/test/sample-run.js";

/** Numbers in [0, 1) that look drawn and are the same every time. */
const draws = (seed: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => hash(seed * 1_000_003 + i));

const hash = (value: number): number => {
  const mixed = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) >>> 0) / 2 ** 32;
};

/** @param side of the images in pixels */
export const manyClassesRun = (count: number, side = 128): Run => {
  const names = classNames(count);
  const drawn = draws(0, 3 * count);
  const confusion = names.map((_, i) => {
    const row = new Array<number>(count).fill(0);
    const wrong = Math.floor(drawn[3 * i]! * 40);
    row[i] = 100 - wrong;
    row[Math.floor(drawn[3 * i + 1]! * count)]! += Math.ceil(wrong * 0.7);
    row[Math.floor(drawn[3 * i + 2]! * count)]! += Math.floor(wrong * 0.3);
    return row;
  });
  const pixels = (seed: number) =>
    Buffer.from(draws(seed, side * side * 3).map((value) => 255 * value)).toString("base64");
  const sample = (i: number) => ({
    index: i,
    pixels: pixels(i),
    label: (i * 7) % count,
    predicted: (i * 11) % count,
    probability: 0.97,
  });
  const maps = (i: number) => {
    const values = draws(i, 6 * 36).map((value) => 5 * value - 2);
    return Array.from({ length: 6 }, (_, m) => values.slice(36 * m, 36 * m + 36));
  };
  return sampleRun({
    config: {
      model: "nin",
      data: { name: "many", classes: names, shape: [side, side, 3], mean: [0, 0, 0], std: [1, 1, 1] },
    },
    evaluation: {
      ...sampleEvaluation,
      classes: classFigures(confusion, names),
      confusion,
      examples: 100 * count,
    },
    analysis: {
      classes: names,
      imageShape: [side, side, 3],
      net: sampleNet,
      mistakes: Array.from({ length: 24 }, (_, i) => sample(i)),
      classMaps: Array.from({ length: 12 }, (_, i) => ({
        ...sample(100 + i),
        side: 6,
        maps: maps(i),
        mapClasses: [
          ...new Set([((100 + i) * 11) % count, ((100 + i) * 7) % count, 1, 2, 3, 4, 5, 6, 7]),
        ].slice(0, 6),
      })),
    },
  });
};
