// Boxes below one another with arrows between them: a column of a diagram.
import { type Content, markup } from "../markup.js";
import { type ColourName, colour } from "../themes.js";
import { fitLabel } from "./figure.js";

export interface Box {
  label: string;
  colour: ColourName;
  /** Text beside the box. */
  note?: string;
}

/** A box alone, or some in a frame with a title. */
export type StackItem = Box | { title: string; boxes: readonly Box[] };

const boxHeight = 26;
const arrow = 16;
const inset = 8;
const titleHeight = 20;

/**
 * @param width of the boxes in a frame and out of it
 * @returns what to draw, and the y below it
 */
export const stack = (
  items: readonly StackItem[],
  { x, y, width }: { x: number; y: number; width: number },
): { content: Content; bottom: number } => {
  const content: Content[] = [];
  const boxes = (list: readonly Box[]) => {
    list.forEach((box, i) => {
      if (i > 0) point();
      content.push(drawBox(box, x, y, width));
      y += boxHeight;
    });
  };
  const point = () => {
    content.push(drawArrow(x + width / 2, y));
    y += arrow;
  };
  items.forEach((item, i) => {
    if (i > 0) point();
    if (!("boxes" in item)) {
      boxes([item]);
      return;
    }
    const from = y;
    const frame = content.length;
    y += titleHeight;
    boxes(item.boxes);
    y += inset;
    content.splice(
      frame,
      0,
      markup`<rect x="${x - inset}" y="${from}" width="${width + 2 * inset}" height="${y - from}" rx="6" fill="${colour("grid")}" fill-opacity="0.3" stroke="${colour("grid")}"/><text x="${x}" y="${from + 14}" font-size="11" font-weight="600" fill="${colour("muted")}">${item.title}</text>`,
    );
  });
  return { content, bottom: y };
};

const drawBox = (box: Box, x: number, y: number, width: number) =>
  markup`<rect class="box" x="${x}" y="${y}" width="${width}" height="${boxHeight}" rx="4" fill="${colour(box.colour)}" fill-opacity="0.16" stroke="${colour(box.colour)}"/><text x="${x + width / 2}" y="${y + 17}" text-anchor="middle">${fitLabel(box.label, width - 8)}</text>${box.note !== undefined && markup`<text x="${x + width + 18}" y="${y + 17}" fill="${colour("muted")}">${box.note}</text>`}`;

const drawArrow = (x: number, y: number) =>
  markup`<path d="M${x} ${y + 1}V${y + arrow - 5}" stroke="${colour("muted")}"/><path d="M${x - 4} ${y + arrow - 7}L${x} ${y + arrow - 1}L${x + 4} ${y + arrow - 7}z" fill="${colour("muted")}"/>`;
