// The frame around every figure: size, paper, and what a screen reader says.
import { columnsOf, cutToColumns } from "@mlpconv/runs";
import { type Content, type Markup, markup } from "../markup.js";
import { colour } from "../themes.js";

export interface FigureFrame {
  width: number;
  height: number;
  /** The accessible name. */
  title: string;
  /** What is seen, in a sentence or two, with the numbers that matter. */
  description: string;
}

/** The size of letters in figures, in pixels. */
const fontSize = 12;

/** Width of a column of text, as a share of the letters' size; Chinese letters and emoji take two. */
const columnWidth = 0.56;

/** Roughly how wide a text will be: enough to place a legend in any sans-serif. */
export const textWidth = (text: string, size = fontSize): number => columnsOf(text) * size * columnWidth;

/** A text that is cut where it would not fit. */
export const fitText = (text: string, width: number, size = fontSize): string =>
  cutToColumns(text, Math.max(1, Math.floor(width / (size * columnWidth))));

/** A label for a text element: cut where it would not fit, then with the whole text as its tooltip. */
export const fitLabel = (text: string, width: number, size = fontSize): Markup => {
  const short = fitText(text, width, size);
  return markup`${short !== text && markup`<title>${text}</title>`}${short}`;
};

/** An SVG that stands alone. */
export const figure = ({ width, height, title, description }: FigureFrame, ...content: Content[]): string =>
  markup`<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, system-ui, sans-serif" font-size="${fontSize}" fill="${colour("ink")}"><title>${title}</title><desc>${description}</desc><rect width="100%" height="100%" fill="${colour("paper")}"/>${content}</svg>`
    .text;
