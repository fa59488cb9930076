// A data set drawn by code, for tests and demonstrations: garments of the same ten kinds, with nothing to download.
import { type Stream, stream } from "@mlpconv/tensor";
import type { Dataset, DatasetInfo, Split } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";
import { fillPolygon, type Point } from "./fill-polygon.js";
import { type Draw, garmentShapes } from "./garment-shapes.js";
import { fashionMnistInfo } from "./sets/fashion-mnist-info.js";

/** The drawn data set at its default size. Mean and standard deviation are those of 10,000 training images. */
export const syntheticInfo = {
  name: "synthetic",
  classes: fashionMnistInfo.classes,
  shape: [28, 28, 1],
  mean: [0.192],
  std: [0.291],
  background: "dark",
} as const satisfies DatasetInfo;

/** How many images are drawn, and how. */
export interface SyntheticOptions {
  /** Number of training images. Default 1000. */
  train?: number;
  /** Number of test images. Default 200. */
  test?: number;
  /** Side of an image in pixels, 8 or more. Default 28. */
  size?: number;
  /** Default 0. */
  seed?: number;
}

/**
 * Grey images of ten kinds of garment-like shapes that vary in place, size, tilt, cut, shade and noise. Labels go round 0 to 9, so any
 * first part is balanced; image i is the same however many are asked for.
 *
 * @throws DatasetError `option` when a number is out of its range
 */
export const synthetic = ({
  train = 1000,
  test = 200,
  size = syntheticInfo.shape[0],
  seed = 0,
}: SyntheticOptions = {}): Dataset => {
  for (const [option, value, least] of [
    ["train", train, 1],
    ["test", test, 1],
    ["size", size, 8],
    ["seed", seed, 0],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least) {
      const expected = `a whole number of at least ${least}`;
      throw new DatasetError("option", `synthetic: expected ${option} to be ${expected}, got ${value}`);
    }
  }
  return {
    ...syntheticInfo,
    shape: [size, size, 1],
    source: "code",
    train: draw(train, size, stream(seed, "synthetic/train"), stream(seed, "synthetic/train/noise")),
    test: draw(test, size, stream(seed, "synthetic/test"), stream(seed, "synthetic/test/noise")),
  };
};

const draw = (count: number, size: number, shapes: Stream, noise: Stream): Split => {
  const images = new Uint8Array(count * size * size);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % syntheticInfo.classes.length);
  // Two samples a pixel each way soften the edges.
  const canvas = new Float32Array(4 * size * size);
  for (let i = 0; i < count; i++) {
    paint(canvas, 2 * size, labels[i]!, shapes.uniform(32, { block: i }));
    expose(canvas, images.subarray(i * size * size, (i + 1) * size * size), size, noise, i);
  }
  return { images, labels, shape: [count, size, size, 1] };
};

/** One garment on a black canvas, in shades up to 1. */
const paint = (canvas: Float32Array, side: number, label: number, numbers: Float32Array): void => {
  let next = 0;
  const random: Draw = (low, high) => low + (high - low) * numbers[next++]!;
  const shade = random(0.35, 1);
  const tilt = random(-0.12, 0.12);
  const [width, height] = [random(0.72, 1), random(0.72, 1)];
  const [right, down] = [random(-0.14, 0.14), random(-0.14, 0.14)];
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const place = ([x, y]: Point): Point => [
    ((1 + right + x * width * cos - y * height * sin) * side) / 2,
    ((1 + down + x * width * sin + y * height * cos) * side) / 2,
  ];
  canvas.fill(0);
  for (const { outline, tone } of garmentShapes[label]!(random)) {
    fillPolygon(canvas, side, outline.map(place), shade * tone);
  }
};

/** Means of 2x2 samples as bytes, with noise of up to 20 grey levels. */
const expose = (
  canvas: Float32Array,
  image: Uint8Array,
  size: number,
  noise: Stream,
  block: number,
): void => {
  const grains = noise.uniform(size * size, { low: -20, high: 20, block });
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = 4 * y * size + 2 * x;
      const below = at + 2 * size;
      const mean = (canvas[at]! + canvas[at + 1]! + canvas[below]! + canvas[below + 1]!) / 4;
      const i = y * size + x;
      image[i] = Math.min(255, Math.max(0, Math.round(255 * mean + grains[i]!)));
    }
  }
};
