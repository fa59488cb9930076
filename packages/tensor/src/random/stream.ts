// Named streams of random numbers. Every weight, dropout mask, shuffle and flip of a run is drawn from one of them, all from one seed.
import { threefry2x32, threefryWords } from "./threefry.js";

/** A part of a stream. */
export interface StreamOptions {
  /** Index of a block of 2^33 numbers in the stream, such as the epoch or the training step. Default 0. */
  block?: number;
}

/** Pure functions of (seed, name, block, index): the same call gives the same numbers, on every engine and machine. */
export interface Stream {
  /** Key of the stream, which together with block and index determines the numbers; for kernels that draw their own. */
  readonly key: readonly [number, number];
  /** `length` words of 32 random bits. */
  bits(length: number, options?: StreamOptions): Uint32Array;
  /** `length` numbers, uniform in [low, high). Default [0, 1). */
  uniform(length: number, options?: StreamOptions & { low?: number; high?: number }): Float32Array;
  /** `length` numbers from the normal distribution (Box and Muller). Default mean 0, standard deviation 1. */
  normal(length: number, options?: StreamOptions & { mean?: number; std?: number }): Float32Array;
  /** The numbers 0 to length - 1 in random order (Fisher and Yates). */
  permutation(length: number, options?: StreamOptions): Uint32Array;
}

/**
 * The stream with the given `name` and `seed`. Seed 0 is valid and different from no seed.
 *
 * @throws RangeError when `seed` is not an integer from 0 to 2^53 - 1.
 */
export const stream = (seed: number, name: string): Stream => {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`stream: expected seed to be an integer from 0 to 2^53 - 1, got ${seed}`);
  }
  const words = new Uint32Array(2);
  threefry2x32(
    seed >>> 0,
    Math.floor(seed / 2 ** 32),
    fnv1a(name, 0x811c9dc5),
    fnv1a(name, 0x01000193),
    words,
    0,
  );
  const key = [words[0]!, words[1]!] as const;

  const bits: Stream["bits"] = (length, { block = 0 } = {}) => threefryWords(key, length, block);

  return {
    key,
    bits,
    uniform: (length, { low = 0, high = 1, block = 0 } = {}) => {
      const words = bits(length, { block });
      const values = new Float32Array(length);
      // 24 bits fill a float32's fraction: with all 32, the largest value would round up to `high`.
      const scale = (high - low) / 2 ** 24;
      for (let i = 0; i < length; i++) values[i] = low + (words[i]! >>> 8) * scale;
      return values;
    },
    normal: (length, { mean = 0, std = 1, block = 0 } = {}) => {
      const words = bits(length + (length & 1), { block });
      const values = new Float32Array(length);
      for (let i = 0; i < length; i += 2) {
        // (w + 1) / 2^32 is in (0, 1], so the logarithm is finite.
        const radius = std * Math.sqrt(-2 * Math.log((words[i]! + 1) / 2 ** 32));
        const angle = (2 * Math.PI * words[i + 1]!) / 2 ** 32;
        values[i] = mean + radius * Math.cos(angle);
        if (i + 1 < length) values[i + 1] = mean + radius * Math.sin(angle);
      }
      return values;
    },
    permutation: (length, { block = 0 } = {}) => {
      const words = bits(length, { block });
      const order = Uint32Array.from({ length }, (_, i) => i);
      for (let i = length - 1; i > 0; i--) {
        const j = Math.floor((words[i]! / 2 ** 32) * (i + 1));
        const value = order[i]!;
        order[i] = order[j]!;
        order[j] = value;
      }
      return order;
    },
  };
};

/** 32-bit FNV-1a hash of a text's UTF-16 units. */
const fnv1a = (text: string, basis: number): number => {
  let hash = basis;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};
