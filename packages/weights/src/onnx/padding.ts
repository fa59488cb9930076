// tfjs's "same" padding as numbers of zeros, as other libraries write it.

/** Zeros before and after. */
export type Side = readonly [before: number, after: number];

/** Zeros that "same" adds along a side of `size` pixels to fit ceil(size / stride) windows; an odd one goes after the image. */
export const samePadding = (size: number, window: number, stride: number): Side => {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + window - size, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
};
