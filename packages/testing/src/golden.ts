// What PyTorch computed: loss, logits and gradients of each net, for parameters and pixels that a hash rebuilds anywhere.
import { readFileSync } from "node:fs";

export const goldenNames = [
  "lenet-28",
  "alexnet-224",
  "vgg11-ratio4-224",
  "nin-224",
  "nin-96",
  "nin-mnist-28",
  "nin-mnist-ratio4-28",
  "nin-cifar-32",
] as const;
export type GoldenName = (typeof goldenNames)[number];

/** A file of `fixtures/golden`. */
interface GoldenFile {
  /** NCHW. */
  input: [number, number, number, number];
  classes: number;
  salt: number;
  /** How many. */
  parameters: number;
  labels: number[];
  loss: number;
  /** [batch, classes], flat. */
  logits: number[];
  /** Gradients by state_dict key, in its order: some entries `value` at the flat indices `at` of PyTorch's layout. */
  gradients: Record<string, { shape: number[]; norm: number; sum: number; at: number[]; value: number[] }>;
}

export interface GoldenCase extends GoldenFile {
  name: GoldenName;
  /** The images, NCHW. */
  pixels(): Float32Array;
  /** The parameter of that key in PyTorch's layout. */
  parameter(key: string): Float32Array;
}

/** The golden values called `name`, and the numbers they were computed from. */
export const goldenCase = (name: GoldenName): GoldenCase => {
  const file = new URL(`../fixtures/golden/${name}.json`, import.meta.url);
  const values = JSON.parse(readFileSync(file, "utf8")) as GoldenFile;
  const keys = Object.keys(values.gradients);
  return {
    name,
    ...values,
    pixels: () => {
      const draw = hash(1000, values.salt);
      return Float32Array.from({ length: size(values.input) }, (_, i) => draw(i));
    },
    parameter: (key) => {
      const tag = keys.indexOf(key);
      if (tag < 0) throw new Error(`${name}: expected one of ${keys.join(", ")}, got "${key}"`);
      const isWeight = key.endsWith("weight");
      const weight = values.gradients[isWeight ? key : keys[tag - 1]!]!;
      const fanIn = size(weight.shape.slice(1));
      const amplitude = Math.sqrt((isWeight ? 6 : 1) / fanIn);
      const draw = hash(tag, values.salt);
      const filled = new Float32Array(size(values.gradients[key]!.shape));
      for (let i = 0; i < filled.length; i++) filled[i] = (2 * draw(i) - 1) * amplitude;
      return filled;
    },
  };
};

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** A uniform number in [0, 1) for each index: a multiply-and-shift hash in uint32 arithmetic. */
export const hash = (tag: number, salt: number): ((index: number) => number) => {
  const start = (Math.imul(tag, 0x85ebca6b) + Math.imul(salt, 0xc2b2ae35)) | 0;
  return (index) => {
    let h = (Math.imul(index + 1, 0x9e3779b1) + start) | 0;
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
    return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
  };
};
