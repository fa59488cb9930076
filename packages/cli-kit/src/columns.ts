// Aligns and cuts text of any script by its width in a terminal.
import { columnsOf } from "@mlpconv/runs";

/** A text filled up with spaces at its end; a wider one stays as it is. */
export const padEnd = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - columnsOf(text)));

/** A text filled up with spaces at its start; a wider one stays as it is. */
export const padStart = (text: string, columns: number): string =>
  " ".repeat(Math.max(0, columns - columnsOf(text))) + text;
