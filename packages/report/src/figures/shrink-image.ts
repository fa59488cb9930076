// Makes an image smaller for a figure, by the mean of the pixels that fall into each new one.
import type { ImageShape } from "./picture.js";

/** The shape of an image whose longer side has at most so many pixels. */
export const shrunkShape = ([height, width, channels]: ImageShape, longest: number): ImageShape => {
  const scale = Math.min(1, longest / Math.max(height, width));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return [side(height), side(width), channels];
};

/**
 * The image in a smaller shape.
 *
 * @param levels 0-255, in the order of `from`
 * @param to from `shrunkShape`
 */
export const shrinkImage = (levels: Uint8Array, from: ImageShape, to: ImageShape): Uint8Array => {
  const [height, width, channels] = from;
  const [rows, columns] = to;
  if (rows === height && columns === width) return levels;
  const shrunk = new Uint8Array(rows * columns * channels);
  const bounds = (i: number, many: number, length: number): [first: number, end: number] => {
    const first = Math.floor((i * length) / many);
    return [first, Math.max(first + 1, Math.floor(((i + 1) * length) / many))];
  };
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = bounds(row, rows, height);
    for (let column = 0; column < columns; column++) {
      const [left, right] = bounds(column, columns, width);
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) sum += levels[(y * width + x) * channels + c]!;
        shrunk[(row * columns + column) * channels + c] = Math.round(sum / ((bottom - top) * (right - left)));
      }
    }
  }
  return shrunk;
};
