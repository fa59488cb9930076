// Where words go: lines that stay, and on a terminal one live line below them.
import { createLogUpdate } from "log-update";
import wrapAnsi from "wrap-ansi";

export interface Terminal {
  /** A line that stays. On a terminal, one that is too wide is wrapped at words. */
  say(line: string): void;
  /** Replaces the live line; without a terminal on stderr there is none. */
  live(line: (columns: number) => string): void;
  /** Removes the live line and gives the cursor back. */
  close(): void;
  /** Whether lines that stay may have colours. */
  readonly colours: boolean;
  readonly columns: number;
}

/**
 * Wraps at words. What follows is indented as the text is: by the label of a line such as "data     60,000 images" or by the spaces it begins with.
 */
export const wrapLine = (line: string, columns: number): string => {
  const [label = ""] = /^ *\S+(?: \S+)? {2,}|^ +/.exec(line) ?? [];
  const hang = label.length <= columns / 4 ? label : "";
  const text = wrapAnsi(line.slice(hang.length), columns - hang.length, { trim: false });
  // The space at which a line was broken ends it or begins the next.
  const rows = text.split("\n").map((row, i) => (i === 0 ? row : row.trimStart()).trimEnd());
  return hang + rows.join(`\n${" ".repeat(hang.length)}`);
};

/**
 * Wraps a help text at words, each paragraph as a whole. Where an example and its explanation are too wide for one row, the explanation is put
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

/** An explanation that is below its example already, in the column of the others. */
const isFarIn = (line: string, columns: number): boolean => line.search(/\S/) > columns / 2;

/** A row that was broken for a wider window goes on with the next. */
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

// Often enough for the eye, seldom enough to cost nothing.
const framesApart = 100;

/**
 * @param json lines go to stderr, because stdout is for the JSON
 * @param silent nothing is shown: another process of the group talks
 */
export const openTerminal = ({ json, silent = false }: { json: boolean; silent?: boolean }): Terminal => {
  if (silent) return silentTerminal;
  const out = json ? process.stderr : process.stdout;
  // The terminal that mpirun makes for its processes has 0 columns.
  const update = process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined;
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    say: (line) => {
      update?.clear();
      out.write(`${out.isTTY ? wrapLine(line, out.columns || 80) : line}\n`);
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
    colours: out.isTTY === true && out.hasColors(),
    columns: out.columns || 80,
  };
};

const silentTerminal: Terminal = {
  say: () => {},
  live: () => {},
  close: () => {},
  colours: false,
  columns: 80,
};

/** Runs a command's work on a terminal, which is closed however the work ends. */
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
