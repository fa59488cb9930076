// Keeps a program running when its output is no longer read: `train | head -1`, a closed terminal.

/** Error codes for a reader that ended, or a terminal that was closed. */
const readerGone = ["EPIPE", "EIO", "ECONNRESET", "ERR_STREAM_DESTROYED"];

/**
 * Ignores errors because a reader of stdout or stderr has ended, so that a run goes on. Output without a reader is lost.
 *
 * @returns a function that gives any other error of stdout, such as a full disk; undefined if there was none
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

// One per process, because the streams are.
let watching: (() => NodeJS.ErrnoException | undefined) | undefined;
