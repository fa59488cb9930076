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
  const crossings: number[] = [];
  for (let row = 0; row < side; row++) {
    const y = row + 0.5;
    crossings.length = 0;
    let [x0, y0] = points.at(-1)!;
    for (const [x1, y1] of points) {
      if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) * (x1 - x0)) / (y1 - y0));
      [x0, y0] = [x1, y1];
    }
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(0, Math.ceil(crossings[i]! - 0.5));
      const to = Math.min(side, Math.ceil(crossings[i + 1]! - 0.5));
      if (from < to) canvas.fill(value, row * side + from, row * side + to);
    }
  }
};
