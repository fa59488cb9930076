// tfjs's "same" as numbers of zeros, which every other library understands.

/** Zeros before and after. */
export type Side = readonly [before: number, after: number];

/** What "same" adds along a side of `size` pixels, so that ceil(size / stride) windows fit: the odd one goes after. */
export const samePadding = (size: number, window: number, stride: number): Side => {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + window - size, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
};
