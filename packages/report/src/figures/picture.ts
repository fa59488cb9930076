// Small images as data URIs: those of a data set, and class maps.
import { encode } from "fast-png";
import { type Markup, markup } from "../markup.js";

/** Bytes of an image from its base64. */
const pixelsOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

export interface Place {
  x: number;
  y: number;
  size: number;
}

/** Shape of an image: [height, width, channels]; a PNG has one to four. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** An image as the data set has it, grey or in its colours, each pixel a square; as large as fits into the place. */
export const datasetImage = (base64: string, [height, width, channels]: ImageShape, place: Place): Markup =>
  image({ width, height, data: pixelsOf(base64), channels: channels as 1 | 2 | 3 | 4 }, place);

/** Blue for positive values, orange for negative ones; nothing shows at 0. They are seen on light and dark paper alike. */
const positive = [47, 129, 216] as const;
const negative = [217, 115, 13] as const;

/** Values as colours, `largest` or beyond in full. */
export const heatMap = (values: readonly number[], width: number, largest: number, place: Place): Markup => {
  const data = new Uint8Array(4 * values.length);
  values.forEach((value, i) => {
    data.set(value < 0 ? negative : positive, 4 * i);
    data[4 * i + 3] = largest > 0 ? Math.round(255 * Math.min(1, Math.abs(value) / largest)) : 0;
  });
  return image({ width, height: width, data, channels: 4 }, place);
};

/** Programs that draw SVG know one name or the other for square pixels. */
const image = (png: Parameters<typeof encode>[0], { x, y, size }: Place): Markup =>
  markup`<image x="${x}" y="${y}" width="${size}" height="${size}" image-rendering="optimizeSpeed" class="pixels" href="data:image/png;base64,${base64(encode(png))}"/>`;

/** Base64 of bytes, one at a time: one call with all bytes as arguments may exceed the argument limit. */
const base64 = (data: Uint8Array): string =>
  btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(""));
