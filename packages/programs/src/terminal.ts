// Where words go: lines that stay, and on a terminal one live line below them.
import { createLogUpdate } from "log-update";

export interface Terminal {
  /** A line that stays. */
  say(line: string): void;
  /** Replaces the live line; without a terminal on stderr there is none. */
  live(line: (columns: number) => string): void;
  /** Removes the live line and gives the cursor back. */
  close(): void;
  /** Whether lines that stay may have colours. */
  readonly colours: boolean;
  readonly columns: number;
}

// Often enough for the eye, seldom enough to cost nothing.
const framesApart = 100;

/** @param json lines go to stderr, because stdout is for the JSON */
export const openTerminal = ({ json }: { json: boolean }): Terminal => {
  const out = json ? process.stderr : process.stdout;
  const update = process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined;
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    say: (line) => {
      update?.clear();
      out.write(`${line}\n`);
      drawn = Number.NEGATIVE_INFINITY;
    },
    live: (line) => {
      if (!update || performance.now() - drawn < framesApart) return;
      update(line(process.stderr.columns ?? 80));
      drawn = performance.now();
    },
    close: () => {
      update?.clear();
      update?.done();
    },
    colours: out.isTTY === true && out.hasColors(),
    columns: out.columns ?? 80,
  };
};
