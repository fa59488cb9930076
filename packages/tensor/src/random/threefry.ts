// Threefry-2x32 with 20 rounds: a counter-based generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11).
// The number at (key, counter) is a pure function, so there is no state to save, and any engine can draw the same bits in any order.

const PARITY = 0x1bd11bda;

/** Writes the two 32-bit words at `counter` = (c0, c1) under `key` = (k0, k1) to `out[at]` and `out[at + 1]`. */
export const threefry2x32 = (
  k0: number,
  k1: number,
  c0: number,
  c1: number,
  out: Uint32Array,
  at: number,
): void => {
  const k2 = k0 ^ k1 ^ PARITY;
  let x = (c0 + k0) | 0;
  let y = (c1 + k1) | 0;
  // Five groups of four rounds; a key word is added after each. Unrolled for speed: AlexNet needs 40 million weights.
  x = (x + y) | 0;
  y = (y << 13) | (y >>> 19);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 15) | (y >>> 17);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 26) | (y >>> 6);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 6) | (y >>> 26);
  y ^= x;
  x = (x + k1) | 0;
  y = (y + k2 + 1) | 0;
  x = (x + y) | 0;
  y = (y << 17) | (y >>> 15);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 29) | (y >>> 3);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 16) | (y >>> 16);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 24) | (y >>> 8);
  y ^= x;
  x = (x + k2) | 0;
  y = (y + k0 + 2) | 0;
  x = (x + y) | 0;
  y = (y << 13) | (y >>> 19);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 15) | (y >>> 17);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 26) | (y >>> 6);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 6) | (y >>> 26);
  y ^= x;
  x = (x + k0) | 0;
  y = (y + k1 + 3) | 0;
  x = (x + y) | 0;
  y = (y << 17) | (y >>> 15);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 29) | (y >>> 3);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 16) | (y >>> 16);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 24) | (y >>> 8);
  y ^= x;
  x = (x + k1) | 0;
  y = (y + k2 + 4) | 0;
  x = (x + y) | 0;
  y = (y << 13) | (y >>> 19);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 15) | (y >>> 17);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 26) | (y >>> 6);
  y ^= x;
  x = (x + y) | 0;
  y = (y << 6) | (y >>> 26);
  y ^= x;
  out[at] = x + k2;
  out[at + 1] = y + k0 + 5;
};

/** Number of words in a block: two for each 32-bit counter. */
export const wordsOfBlock = 2 ** 33;

/** `length` words of the stream with that key, from word `first` of the block on; each counter (index, block) gives two words. */
export const threefryWords = (
  key: readonly [number, number],
  length: number,
  block: number,
  first = 0,
): Uint32Array => {
  const before = first % 2;
  const counter = (first - before) / 2;
  const words = new Uint32Array(2 * Math.ceil((before + length) / 2));
  for (let i = 0; i < words.length; i += 2)
    threefry2x32(key[0], key[1], counter + (i >>> 1), block, words, i);
  return words.subarray(before, before + length);
};
