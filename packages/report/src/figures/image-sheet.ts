// Images of a data set, a row for each class, in groups side by side: as they are, and as training sees them.
import { markup } from "../markup.js";
import { colour } from "../themes.js";
import { figure, fitText, textWidth } from "./figure.js";
import { type ImageShape, levelsImage } from "./picture.js";

/** A row of a sheet. */
export interface SheetRow {
  /** The name of its class. */
  name: string;
  /** Levels 0-255 of the images of each group. */
  groups: readonly (readonly Uint8Array[])[];
}

/** What a sheet is of. */
export interface ImageSheet {
  /** Its name, for those who do not see it. */
  title: string;
  /** What is said above each group of columns. */
  headings: readonly string[];
  /** Images of a group in a row, at most. */
  columns: number;
  /** [H, W, C] of the images. */
  shape: ImageShape;
  /** Side of an image in the figure, from `sheetCell`. Default: as large as one has it on a small sheet. */
  cell?: number;
}

const left = 112;
const line = 16;
const gap = 4;
const groupGap = 20;

const largestCell = 224;
const usualCell = 64;

/** Side of an image in the figure: whole multiples of small ones, so that a pixel is a square of pixels; large ones are made smaller. */
const cellOf = ([height, width]: ImageShape): number => {
  const side = Math.max(height, width);
  return Math.min(largestCell, side * Math.max(1, Math.round(usualCell / side)));
};

/** Pixels of all images of a sheet together: drawing more takes minutes and gigabytes. */
const mostPixels = 24e6;

const smallestCell = ([height, width]: ImageShape): number => Math.min(usualCell, Math.max(height, width));

/** Images of this shape that a sheet may have. */
export const mostOnSheet = (shape: ImageShape): number => Math.floor(mostPixels / smallestCell(shape) ** 2);

/** Side of an image on a sheet of so many: many images are drawn smaller, small ones still by a whole multiple. */
export const sheetCell = (shape: ImageShape, images: number): number => {
  const side = Math.max(shape[0], shape[1]);
  const room = Math.floor(Math.sqrt(mostPixels / Math.max(1, images)));
  const fits = side <= usualCell ? side * Math.max(1, Math.floor(room / side)) : room;
  return Math.max(smallestCell(shape), Math.min(cellOf(shape), fits));
};

/** A heading in lines of about a width, broken behind commas and spaces. */
const wrapped = (text: string, width: number): string[] => {
  const lines = [""];
  for (const part of text.split(/(?<=[, ])/)) {
    if (lines.at(-1) !== "" && textWidth(lines.at(-1) + part) > width) lines.push("");
    lines.push(lines.pop() + part);
  }
  return lines;
};

/** The sheet as SVG. */
export const imageSheet = (
  rows: readonly SheetRow[],
  { title, headings, columns, shape, cell = cellOf(shape) }: ImageSheet,
): string => {
  const groupWidth = columns * (cell + gap) - gap;
  const lines = headings.map((text) => wrapped(text, groupWidth));
  const top = 14 + line * Math.max(...lines.map(({ length }) => length));
  const x = (group: number) => left + group * (groupWidth + groupGap);
  const y = (row: number) => top + row * (cell + gap);
  return figure(
    {
      width: x(headings.length) - groupGap + 8,
      height: y(rows.length) + 8,
      title,
      description: `${columns} images or fewer of each of ${rows.length} classes: ${headings.join("; ")}.`,
    },
    lines.map((texts, group) =>
      texts.map(
        (text, i) =>
          markup`<text x="${x(group)}" y="${18 + line * i}" font-weight="600">${fitText(text, groupWidth)}</text>`,
      ),
    ),
    rows.map(({ name, groups }, row) => [
      markup`<text x="${left - 10}" y="${y(row) + cell / 2 + 4}" text-anchor="end" fill="${colour("muted")}">${fitText(name, left - 14)}</text>`,
      groups.map((images, group) =>
        images.map((levels, i) =>
          levelsImage(levels, shape, { x: x(group) + i * (cell + gap), y: y(row), size: cell }),
        ),
      ),
    ]),
  );
};
