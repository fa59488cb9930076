// Tensors' values as grids, which the page draws.
import type { Grid } from "./session.js";

/** One channel of an image's values [height, width, channels]. */
export const channelOf = (
  values: ArrayLike<number>,
  [height, width, channels]: readonly [number, number, number],
  channel: number,
  start = 0,
): Grid => {
  const grid = new Float32Array(height * width);
  for (let i = 0; i < grid.length; i++) grid[i] = values[start + i * channels + channel]!;
  return { width, height, values: grid };
};
