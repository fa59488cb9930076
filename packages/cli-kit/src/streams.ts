// What becomes of a program when nobody reads what it prints any more: `train | head -1`, a closed terminal.

/** Codes of a reader that went away, or of a terminal that was closed. */
const readerGone = ["EPIPE", "EIO", "ECONNRESET", "ERR_STREAM_DESTROYED"];

/**
 * Lets the program go on when a reader of stdout or stderr goes away: a run is worth more than its words, and what is lost was wanted by
 * nobody.
 *
 * @returns what else went wrong with stdout, such as a full disk; undefined while nothing did
 */
export const outliveReaders = (): (() => NodeJS.ErrnoException | undefined) => {
  if (watching) return watching;
  let problem: NodeJS.ErrnoException | undefined;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (!readerGone.includes(error.code ?? "")) problem ??= error;
  });
  process.stderr.on("error", () => {});
  watching = () => problem;
  return watching;
};

// Once in a process: its streams are.
let watching: (() => NodeJS.ErrnoException | undefined) | undefined;
