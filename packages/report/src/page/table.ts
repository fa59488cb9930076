// A table that scrolls horizontally on a phone, also by keyboard.
import { type Content, type Markup, markup } from "../markup.js";

export interface Column {
  heading: string;
  /** Whether the column is right-aligned, for numbers. */
  numeric?: boolean;
}

/** Number of characters above which a cell may wrap. */
const longest = 14;

/** CSS classes of a cell, if any. */
const classOf = (cell: Content, { numeric = false }: Partial<Column> = {}): Content => {
  const classes = [
    ...(numeric ? ["number"] : []),
    ...(typeof cell === "string" && cell.length > longest ? ["long"] : []),
  ];
  return classes.length > 0 && markup` class="${classes.join(" ")}"`;
};

/** A table; the first cell of each row is its heading. */
export const table = (
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Content[])[],
  run?: string,
): Markup =>
  markup`<div class="scroll" role="region" aria-label="${run === undefined ? caption : `${caption} (${run})`}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${columns.map(
    ({ heading, numeric }) => markup`<th scope="col"${numeric && markup` class="number"`}>${heading}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (cells) =>
      markup`<tr>${cells.map((cell, i) =>
        i === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td${classOf(cell, columns[i])}>${cell}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`;
