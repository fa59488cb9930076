// PIL's bilinear filter for 8-bit images along one axis: for each new pixel the old ones it is made of, with weights as whole numbers.

/** Bits behind the point of a weight: 255 times the weights of a pixel, which sum to about 1, fill 30 bits. */
export const BITS = 22;

export interface Resampling {
  /** Old pixels a new one is made of. */
  taps: number;
  /** Rows of a new pixel each: the index of its first old pixel, then the weights of its taps: [to, 1 + taps]. */
  table: Int32Array;
}

/** A triangle around each new pixel's centre, wider when it shrinks so that no pixel is skipped. */
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
    // A window often ends where the triangle does: at a weight of 0, which would be read for nothing.
    while (weights.at(-1) === 0) weights.pop();
    return { first, weights };
  });
  const taps = Math.max(...windows.map(({ weights }) => weights.length));
  const table = new Int32Array(to * (1 + taps));
  windows.forEach(({ first, weights }, j) => {
    // The last windows begin early enough to lie inside; what they have too much has the weight 0.
    const start = Math.min(first, from - taps);
    table[j * (1 + taps)] = start;
    table.set(weights, j * (1 + taps) + 1 + first - start);
  });
  return { taps, table };
};
