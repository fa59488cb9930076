// Small images as data URIs: those of a data set, and class maps.
import { encode } from "fast-png";
import { heatColours } from "../heat-colours.js";
import { type Markup, markup } from "../markup.js";

/** Bytes of an image from its base64. */
const pixelsOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

export interface Place {
  x: number;
  y: number;
  size: number;
}

/** Shape of an image: [height, width, channels]. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/**
 * An image as the data set has it, each pixel a square; as large as fits into the place. One channel or two are drawn as the grey levels of
 * the first; more as red, green and blue of the first three.
 */
export const datasetImage = (base64: string, shape: ImageShape, place: Place): Markup =>
  levelsImage(pixelsOf(base64), shape, place);

/** The same from the image's levels, 0 to 255. */
export const levelsImage = (
  levels: Uint8Array,
  [height, width, channels]: ImageShape,
  place: Place,
): Markup => {
  const drawn = channels < 3 ? 1 : 3;
  const data = drawn === channels ? levels : levels.filter((_, i) => i % channels < drawn);
  return image({ width, height, data, channels: drawn }, place);
};

/** Values as colours, `largest` or beyond in full. */
export const heatMap = (values: readonly number[], width: number, largest: number, place: Place): Markup =>
  image({ width, height: width, data: heatColours(values, largest), channels: 4 }, place);

/** Programs that draw SVG know one name or the other for square pixels. */
const image = (png: Parameters<typeof encode>[0], { x, y, size }: Place): Markup =>
  markup`<image x="${x}" y="${y}" width="${size}" height="${size}" image-rendering="optimizeSpeed" class="pixels" href="data:image/png;base64,${base64(encode(png))}"/>`;

/** Base64 of bytes, in pieces: one call with all bytes as arguments may exceed the argument limit. */
const base64 = (data: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
  return btoa(text);
};
