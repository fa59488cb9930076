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

/** Boxes side by side that come together in one: a list is one below the other, an empty one a line. */
interface JoinedBoxes {
  branches: readonly (readonly StackPart[])[];
  join: Box;
}

/** What stands below one another. */
export type StackPart = Box | JoinedBoxes;

/** A part alone, or some in a frame with a title. */
export type StackItem = StackPart | { title: string; boxes: readonly StackPart[] };

const boxHeight = 26;
const arrow = 16;
const inset = 8;
const titleHeight = 20;
/** From the line on which branches part to the first of their boxes, without the arrow. */
const forkHeight = 4;
/** From a title down to that line. */
const belowTitle = 10;
/** Gap between boxes side by side. */
const between = 14;

/** Width of a box that has one or more others beside it. */
const sideOf = ({ branches }: JoinedBoxes): number => (branches.length > 2 ? 172 : 212);

/** Width of each branch; an empty one is a line. */
const widthsOf = (part: JoinedBoxes): number[] =>
  part.branches.map((branch) =>
    Math.max(sideOf(part) / 4, ...branch.map((each) => ("branches" in each ? widthOf(each) : sideOf(part)))),
  );

/** Width of branches side by side, with the box that joins them. */
const widthOf = (part: JoinedBoxes): number =>
  Math.max(
    sideOf(part),
    widthsOf(part).reduce((sum, width) => sum + width + between, -between),
  );

/** Width that the items need, of which boxes alone have `width`. */
export const stackWidth = (items: readonly StackItem[], width: number): number =>
  Math.max(
    width,
    ...items
      .flatMap((item): readonly StackPart[] => ("boxes" in item ? item.boxes : [item]))
      .filter((part): part is JoinedBoxes => "branches" in part)
      .map(widthOf),
  );

/**
 * @param width of the boxes in a frame and out of it; boxes with others beside them are narrower
 * @returns what to draw, and the y below it
 */
export const stack = (
  items: readonly StackItem[],
  { x, y, width }: { x: number; y: number; width: number },
): { content: Content; bottom: number } => {
  const content: Content[] = [];
  const area = stackWidth(items, width);
  const centre = x + area / 2;
  const point = (at: number) => {
    content.push(drawArrow(at, y));
    y += arrow;
  };
  /** Parts below one another around a middle line; `y` is then below them. What leads to branches is a line, and arrows lead on. */
  const parts = (list: readonly StackPart[], middle: number, own: number) => {
    list.forEach((part, i) => {
      if (i > 0 && "branches" in part) {
        content.push(drawLine([middle, y + 1], [middle, y + arrow - forkHeight]));
        y += arrow;
      } else if (i > 0) point(middle);
      if ("branches" in part) joined(part, middle, own);
      else {
        content.push(drawBox(part, middle - own / 2, y, own, x + area));
        y += boxHeight;
      }
    });
  };
  const joined = (part: JoinedBoxes, middle: number, own: number) => {
    const widths = widthsOf(part);
    const whole = widths.reduce((sum, each) => sum + each + between, -between);
    const from = y;
    let left = middle - whole / 2;
    const ends = part.branches.map((branch, i) => {
      const line = left + widths[i]! / 2;
      left += widths[i]! + between;
      y = from;
      if (branch.length > 0) {
        content.push(drawLine([middle, from - forkHeight], [line, from - forkHeight]));
        point(line);
        parts(branch, line, sideOf(part));
      } else content.push(drawLine([middle, from - forkHeight], [line, from - forkHeight]));
      return { line, bottom: branch.length > 0 ? y : from - forkHeight };
    });
    const lowest = Math.max(from, ...ends.map(({ bottom }) => bottom)) + 8;
    for (const { line, bottom } of ends)
      content.push(drawLine([line, bottom], [line, lowest], [middle, lowest]));
    y = lowest;
    point(middle);
    content.push(drawBox(part.join, middle - own / 2, y, own, x + area));
    y += boxHeight;
  };
  items.forEach((item, i) => {
    if (i > 0) point(centre);
    if (!("boxes" in item)) {
      parts([item], centre, width);
      return;
    }
    const from = y;
    const frame = content.length;
    y += titleHeight;
    if ("branches" in item.boxes[0]!) {
      y += belowTitle;
      content.push(drawLine([centre, from], [centre, y - forkHeight]));
    }
    parts(item.boxes, centre, width);
    y += inset;
    content.splice(
      frame,
      0,
      markup`<rect x="${x - inset}" y="${from}" width="${area + 2 * inset}" height="${y - from}" rx="6" fill="${colour("grid")}" fill-opacity="0.3" stroke="${colour("grid")}"/><text x="${x}" y="${from + 14}" font-size="11" font-weight="600" fill="${colour("muted")}">${item.title}</text>`,
    );
  });
  return { content, bottom: y };
};

const drawLine = (...points: readonly (readonly [number, number])[]) =>
  markup`<path class="branch" d="M${points.map(([x, y]) => `${x} ${y}`).join("L")}" fill="none" stroke="${colour("muted")}"/>`;

/** @param right where what the notes stand beside ends */
const drawBox = (box: Box, x: number, y: number, width: number, right: number) =>
  markup`<rect class="box" x="${x}" y="${y}" width="${width}" height="${boxHeight}" rx="4" fill="${colour(box.colour)}" fill-opacity="0.16" stroke="${colour(box.colour)}"/><text x="${x + width / 2}" y="${y + 17}" text-anchor="middle">${fitLabel(box.label, width - 8)}</text>${box.note !== undefined && markup`<text x="${right + 18}" y="${y + 17}" fill="${colour("muted")}">${box.note}</text>`}`;

const drawArrow = (x: number, y: number) =>
  markup`<path d="M${x} ${y + 1}V${y + arrow - 5}" stroke="${colour("muted")}"/><path d="M${x - 4} ${y + arrow - 7}L${x} ${y + arrow - 1}L${x + 4} ${y + arrow - 7}z" fill="${colour("muted")}"/>`;
