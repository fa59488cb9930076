// The frame around every figure: size, paper, and what a screen reader says.
import { type Content, markup } from "../markup.js";
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

/** Roughly how wide a text will be: enough to place a legend in any sans-serif. */
export const textWidth = (text: string, size = fontSize): number => text.length * size * 0.56;

/** A text that is cut where it would not fit. */
export const fitText = (text: string, width: number, size = fontSize): string => {
  const letters = Math.max(1, Math.floor(width / (size * 0.56)));
  const characters = [...text];
  return characters.length <= letters ? text : `${characters.slice(0, letters - 1).join("")}…`;
};

/** An SVG that stands alone. */
export const figure = ({ width, height, title, description }: FigureFrame, ...content: Content[]): string =>
  markup`<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, system-ui, sans-serif" font-size="${fontSize}" fill="${colour("ink")}"><title>${title}</title><desc>${description}</desc><rect width="100%" height="100%" fill="${colour("paper")}"/>${content}</svg>`
    .text;
