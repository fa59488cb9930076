// PIL's bilinear filter for 8-bit images along one axis: for each new pixel the old pixels that contribute to it, with integer weights.

/** Fractional bits of a weight: 255 times the weights of a pixel, which sum to about 1, fills 30 bits. */
export const BITS = 22;

export interface Resampling {
  /** Number of old pixels that contribute to a new one. */
  taps: number;
  /** A row for each new pixel: the index of its first old pixel, then the weights of its taps: [to, 1 + taps]. */
  table: Int32Array;
}

/** A triangle around each new pixel's centre, which is widened when shrinking so that no pixel is skipped. */
export const resampling = (from: number, to: number): Resampling => {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const windows = Array.from({ length: to }, (_, j) => {
    const centre = (j + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(from, Math.floor(centre + support + 0.5));
    const triangle = Array.from({ length: end - first }, (_, i) =>
      Math.max(0, 1 - Math.abs((first + i + 0.5 - centre) / support)),
    );
    const sum = triangle.reduce((a, b) => a + b);
    const weights = triangle.map((height) => Math.floor((height / sum) * 2 ** BITS + 0.5));
    // A window often ends exactly where the triangle does, with a weight of 0 that need not be read.
    while (weights.at(-1) === 0) weights.pop();
    return { first, weights };
  });
  const taps = Math.max(...windows.map(({ weights }) => weights.length));
  const table = new Int32Array(to * (1 + taps));
  windows.forEach(({ first, weights }, j) => {
    // The last windows start early enough to lie inside the image; their excess pixels have weight 0.
    const start = Math.min(first, from - taps);
    table[j * (1 + taps)] = start;
    table.set(weights, j * (1 + taps) + 1 + first - start);
  });
  return { taps, table };
};
