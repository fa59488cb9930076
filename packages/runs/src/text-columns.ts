// Width of texts in columns: letters of Chinese, Japanese and Korean and emoji take two. For tables of a terminal, and roughly for figures.
import stringWidth from "string-width";

const letters = new Intl.Segmenter();

/** Columns that a text takes. */
export const columnsOf = (text: string): number => stringWidth(text);

/** A text that is cut between letters where it takes more columns; `ellipsis` then ends it, within the columns. */
export const cutToColumns = (text: string, columns: number, ellipsis = "…"): string => {
  // No letter takes less than 0 columns, so that a long text is not measured as a whole.
  let left = columns - columnsOf(ellipsis);
  let cut = "";
  let rest = columns;
  for (const { segment } of letters.segment(text)) {
    const width = columnsOf(segment);
    rest -= width;
    if (rest < 0) return cut + ellipsis;
    left -= width;
    if (left >= 0) cut += segment;
  }
  return text;
};
