// The shares of mixup, and the average of two images.

/** Cells of the table that quantiles are interpolated in. */
const CELLS = 2048;

/** Shares are whole multiples of this, so that a pixel's average is exact in whole numbers. */
export const SHARES = 65_536;

/**
 * The quantile function of Beta(alpha, alpha), from a table: one random number gives one share. Its distribution function is integrated by
 * Simpson's rule up to 1/2, over t = x^alpha where alpha is below 1, in which the density is finite; the other half is its mirror image.
 */
export const betaQuantile = (alpha: number): ((u: number) => number) => {
  const power = Math.max(1, 1 / alpha);
  const width = 0.5 ** (1 / power) / CELLS;
  const density = (t: number): number => t ** (power * alpha - 1) * (1 - t ** power) ** (alpha - 1);
  const sums = new Float64Array(CELLS + 1);
  for (let i = 0; i < CELLS; i++) {
    const [left, middle, right] = [i, i + 0.5, i + 1].map((cell) => density(cell * width));
    sums[i + 1] = sums[i]! + left! + 4 * middle! + right!;
  }
  return (u) => {
    const wanted = 2 * Math.min(u, 1 - u) * sums[CELLS]!;
    let [low, high] = [0, CELLS];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (sums[middle]! <= wanted) low = middle;
      else high = middle;
    }
    const part = (wanted - sums[low]!) / (sums[high]! - sums[low]!);
    const x = Math.min(0.5, ((low + part) * width) ** power);
    return u < 0.5 ? x : 1 - x;
  };
};

/** Averages two images into the first: `share` parts of it and SHARES - share of the other. */
export const average = (image: Uint8Array, other: Uint8Array, share: number): void => {
  const rest = SHARES - share;
  for (let i = 0; i < image.length; i++) image[i] = (image[i]! * share + other[i]! * rest + SHARES / 2) >> 16;
};
