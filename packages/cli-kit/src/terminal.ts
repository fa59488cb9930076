// Terminal output: permanent lines and, on a terminal, one live line below them.
import { createLogUpdate } from "log-update";
import wrapAnsi from "wrap-ansi";

export interface Terminal {
  /** Prints a permanent line; on a terminal, a line that is too wide is wrapped at words. */
  say(line: string): void;
  /** Replaces the live line; there is none if stderr is no terminal. */
  live(line: (columns: number) => string): void;
  /** Removes the live line and shows the cursor again. */
  close(): void;
  /** Whether permanent lines may have colours. */
  readonly colours: boolean;
  readonly columns: number;
}

/**
 * Wraps at words. Further rows are indented to the text: past a label as in "data     60,000 images", or by the leading spaces.
 */
export const wrapLine = (line: string, columns: number): string => {
  const [label = ""] = /^ *\S+(?: \S+)? {2,}|^ +/.exec(line) ?? [];
  const hang = label.length <= columns / 4 ? label : "";
  const text = wrapAnsi(line.slice(hang.length), columns - hang.length, { trim: false });
  // The space at which a line was broken may be at its end or at the start of the next row.
  const rows = text.split("\n").map((row, i) => (i === 0 ? row : row.trimStart()).trimEnd());
  return hang + rows.join(`\n${" ".repeat(hang.length)}`);
};

/**
 * Wraps a help text at words, each paragraph as a whole. If an example and its explanation are too wide for one row, the explanation goes
 * below.
 */
export const wrapHelp = (text: string, columns: number): string =>
  joinParagraphs(text.split("\n"), columns)
    .flatMap((line) => {
      if (line.length <= columns && !isFarIn(line, columns)) return line;
      const [, indent = "", command, gap, words] = /^( *)(\S.*?)( {2,})(\S.*)$/.exec(line) ?? [];
      if (isFarIn(line, columns)) return wrapLine(`      ${line.trimStart()}`, columns);
      // A text beside a short label wraps within its own column.
      if (!command || !gap || (indent + command + gap).length <= columns / 4) return wrapLine(line, columns);
      return [indent + command, `${indent}    ${words}`].map((row) => wrapLine(row, columns));
    })
    .join("\n");

/** Whether a row is an explanation that is already below its example, in the column of explanations. */
const isFarIn = (line: string, columns: number): boolean => line.search(/\S/) > columns / 2;

/** Joins the rows of each paragraph, which were wrapped for a wider window. */
const joinParagraphs = (rows: readonly string[], columns: number): string[] => {
  const joined: string[] = [];
  for (const row of rows) {
    const before = joined.at(-1);
    if (before && before.length > columns && /^\S/.test(before) && /^\S/.test(row))
      joined[joined.length - 1] = `${before} ${row}`;
    else joined.push(row);
  }
  return joined;
};

/**
 * Columns of the terminal that a stream writes to; undefined for a file or a pipe. The terminal that Open MPI's mpirun makes for each process has
 * 0 columns and often ends in a file: it counts as one.
 */
export const columnsOf = ({ isTTY, columns }: { isTTY?: boolean; columns?: number }): number | undefined =>
  (isTTY && columns) || undefined;

// Often enough for the eye, seldom enough to cost nothing.
const framesApart = 100;

/**
 * @param json permanent lines go to stderr, because stdout is for the JSON
 * @param silent prints nothing, because another process of the group prints
 */
export const openTerminal = ({ json, silent = false }: { json: boolean; silent?: boolean }): Terminal => {
  if (silent) return silentTerminal;
  const out = json ? process.stderr : process.stdout;
  const columns = columnsOf(out);
  const update = columnsOf(process.stderr) ? createLogUpdate(process.stderr) : undefined;
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    say: (line) => {
      update?.clear();
      const width = columnsOf(out);
      out.write(`${width ? wrapLine(line, width) : line}\n`);
      drawn = Number.NEGATIVE_INFINITY;
    },
    live: (line) => {
      if (!update || performance.now() - drawn < framesApart) return;
      update(line(process.stderr.columns || 80));
      drawn = performance.now();
    },
    close: () => {
      update?.clear();
      update?.done();
    },
    colours: columns !== undefined && out.hasColors(),
    columns: columns ?? 80,
  };
};

const silentTerminal: Terminal = {
  say: () => {},
  live: () => {},
  close: () => {},
  colours: false,
  columns: 80,
};

/** Runs a command on a terminal, which is closed at the end, also after an error. */
export const withTerminal = async (
  options: Parameters<typeof openTerminal>[0],
  work: (terminal: Terminal) => Promise<void>,
): Promise<void> => {
  const terminal = openTerminal(options);
  try {
    await work(terminal);
  } finally {
    terminal.close();
  }
};
