// Fills a polygon on a square grid of samples, row by row.

/** x to the right, y down, in units of samples. */
export type Point = readonly [x: number, y: number];

/** Sets every sample whose centre lies inside the polygon (even-odd rule) to `value`. `canvas` holds side x side samples. */
export const fillPolygon = (
  canvas: Float32Array,
  side: number,
  points: readonly Point[],
  value: number,
): void => {
  const heights = points.map(([, y]) => y);
  const end = Math.min(side, Math.ceil(Math.max(...heights) - 0.5));
  const crossings: number[] = [];
  for (let row = Math.max(0, Math.ceil(Math.min(...heights) - 0.5)); row < end; row++) {
    const y = row + 0.5;
    crossings.length = 0;
    let before = points.at(-1)!;
    for (let i = 0; i < points.length; i++) {
      const point = points[i]!;
      const [x0, y0, x1, y1] = [before[0], before[1], point[0], point[1]];
      if (y0 <= y !== y1 <= y) insert(crossings, x0 + ((y - y0) * (x1 - x0)) / (y1 - y0));
      before = point;
    }
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(0, Math.ceil(crossings[i]! - 0.5));
      const to = Math.min(side, Math.ceil(crossings[i + 1]! - 0.5));
      for (let x = from; x < to; x++) canvas[row * side + x] = value;
    }
  }
};

/** Keeps the numbers in order: there are two in most rows. */
const insert = (numbers: number[], value: number): void => {
  let at = numbers.length;
  for (; at > 0 && numbers[at - 1]! > value; at--) numbers[at] = numbers[at - 1]!;
  numbers[at] = value;
};
