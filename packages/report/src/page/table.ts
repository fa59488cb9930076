// A table that can be scrolled on a phone, by keyboard too.
import { type Content, type Markup, markup } from "../markup.js";

export interface Column {
  heading: string;
  /** Numbers are set to the right. */
  numeric?: boolean;
}

/** The first cell of each row is its heading. */
export const table = (
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Content[])[],
): Markup =>
  markup`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${columns.map(
    ({ heading, numeric }) => markup`<th scope="col"${numeric && markup` class="number"`}>${heading}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (cells) =>
      markup`<tr>${cells.map((cell, i) =>
        i === 0
          ? markup`<th scope="row">${cell}</th>`
          : markup`<td${columns[i]?.numeric && markup` class="number"`}>${cell}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`;
