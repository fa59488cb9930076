// Small images as data URIs: 28 x 28 garments and class maps.
import { encode } from "fast-png";
import { type Markup, markup } from "../markup.js";

/** Fashion-MNIST's side. */
const side = 28;

/** Bytes of a garment from its base64. */
const pixelsOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

export interface Place {
  x: number;
  y: number;
  size: number;
}

/** A garment as the data set has it, light on black, each pixel a square. */
export const garment = (base64: string, place: Place): Markup =>
  image({ width: side, height: side, data: pixelsOf(base64), channels: 1 }, place);

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

const base64 = (data: Uint8Array): string => btoa(String.fromCharCode(...data));
