// Keeps what this process prints to stderr while all processes of a group do the same work, so that process 0 prints once what several say.

/** What work gave or failed with, and the lines that it printed. */
interface Watched<T> {
  outcome: { value: T } | { error: Error };
  lines: string[];
}

/** Runs work and collects the lines that it prints to stderr. @param silent keeps them from being printed */
export type Watch = <T>(work: () => T | Promise<T>, silent: boolean) => Promise<Watched<T>>;

// More lines than an engine prints; the others of the group receive them.
const mostLines = 100;
const longestLine = 1000;

let stop: (() => void) | undefined;

/** Prints again at once, also while work is still running whose lines are kept. */
export const printAgain = (): void => stop?.();

export const watchStderr: Watch = async (work, silent) => {
  printAgain();
  const { write } = process.stderr;
  let text = "";
  const kept = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    if (!silent) return Reflect.apply(write, process.stderr, [chunk, ...rest]);
    const done = rest.at(-1);
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
  process.stderr.write = kept as typeof write;
  const end = () => {
    if (process.stderr.write === kept) process.stderr.write = write;
    if (stop === end) stop = undefined;
  };
  stop = end;
  try {
    return { outcome: { value: await work() }, lines: linesOf(text) };
  } catch (error) {
    return {
      outcome: { error: error instanceof Error ? error : new Error(String(error)) },
      lines: linesOf(text),
    };
  } finally {
    end();
  }
};

/** The lines of a text as a terminal shows them: a carriage return begins the line again. */
export const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.split("\r").at(-1)!.replaceAll("\u001b[K", "").slice(0, longestLine))
    .filter((line) => line !== "")
    .slice(0, mostLines);
