// Small images on canvases: each value a pixel, enlarged by CSS.
import { heatColours } from "@mlpconv/report";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Grid } from "../../session/session.js";
import type { Rgba } from "../pictures/prepare.js";

export interface PixelsProps {
  image: Rgba;
  /** What a screen reader says; empty where text beside it says the same. */
  label: string;
  class?: string;
}

/** An image, each pixel a square. */
export const Pixels = ({ image, label, class: name }: PixelsProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || image.width * image.height === 0) return;
    const data = new ImageData(image.width, image.height);
    data.data.set(image.data);
    context.putImageData(data, 0, 0);
  }, [image]);
  return (
    <canvas
      ref={canvas}
      class={`pixels ${name ?? ""}`}
      width={image.width}
      height={image.height}
      {...(label === "" ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    />
  );
};

/** The largest absolute value of some grids. */
export const largestOf = (grids: readonly Grid[]): number => {
  let largest = 0;
  for (const { values } of grids) for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
};

/** A grid as a heat map. */
export const heatOf = ({ width, height, values }: Grid, largest: number): Rgba => ({
  width,
  height,
  data: heatColours(values, largest),
});

/** Several grids of one size in one image, with a pixel between them. */
export const sheetOf = (grids: readonly Grid[], columns: number, largest: number): Rgba => {
  const [first] = grids;
  if (!first) return { width: 0, height: 0, data: new Uint8ClampedArray() };
  const [stepX, stepY] = [first.width + 1, first.height + 1];
  const across = Math.min(columns, grids.length);
  const width = across * stepX - 1;
  const height = Math.ceil(grids.length / across) * stepY - 1;
  const data = new Uint8ClampedArray(4 * width * height);
  grids.forEach((grid, i) => {
    const heat = heatColours(grid.values, largest);
    const [x, y] = [(i % across) * stepX, Math.floor(i / across) * stepY];
    for (let row = 0; row < grid.height; row++)
      data.set(heat.subarray(4 * row * grid.width, 4 * (row + 1) * grid.width), 4 * ((y + row) * width + x));
  });
  return { width, height, data };
};
