// Operations on the levels of one image, in place: brightness, contrast, and a black square.
import type { ImageShape } from "./warp.js";

/** A level from 0 to 255, rounded to the nearest. */
const toLevel = (value: number): number => Math.max(0, Math.min(255, Math.floor(value + 0.5)));

const table = new Uint8Array(256);

/** Replaces each level by what the function gives for it. */
const mapLevels = (image: Uint8Array, newLevel: (level: number) => number): void => {
  for (let level = 0; level < 256; level++) table[level] = toLevel(newLevel(level));
  for (let i = 0; i < image.length; i++) image[i] = table[image[i]!]!;
};

/** Multiplies all levels. */
export const brighten = (image: Uint8Array, factor: number): void =>
  mapLevels(image, (level) => level * factor);

/** Multiplies the distances from the mean level of all pixels and channels. */
export const changeContrast = (image: Uint8Array, factor: number): void => {
  let sum = 0;
  for (let i = 0; i < image.length; i++) sum += image[i]!;
  const mean = sum / image.length;
  mapLevels(image, (level) => mean + (level - mean) * factor);
};

/** Blackens a square whose middle is the pixel (x, y), or for an even side the one before its middle; what lies outside is left out. */
export const eraseSquare = (
  image: Uint8Array,
  [height, width, channels]: ImageShape,
  side: number,
  x: number,
  y: number,
): void => {
  const [left, top] = [x - ((side - 1) >> 1), y - ((side - 1) >> 1)];
  const [from, to] = [Math.max(0, left), Math.min(width, left + side)];
  for (let row = Math.max(0, top); row < Math.min(height, top + side); row++)
    image.fill(0, (row * width + from) * channels, (row * width + to) * channels);
};
