// The ways in which a picture becomes a square.

/**
 * How a picture becomes a square: `squeeze` changes its proportions, `crop` keeps its middle, `pad` keeps all of it and fills the rest with the
 * colour behind it.
 */
export const fits = ["squeeze", "crop", "pad"] as const;
/** One of these ways. */
export type Fit = (typeof fits)[number];
