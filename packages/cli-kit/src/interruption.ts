// Ctrl-C and its relatives: the first asks the run to stop and save, the second ends the program.
import { setTimeout as wait } from "node:timers/promises";
import { Interrupted } from "./errors.js";

export interface Interruption {
  /** Aborted by the first signal. */
  signal: AbortSignal;
  /** 128 + the number of the signal that came; undefined while none has. */
  exitCode(): number | undefined;
  /**
   * Waits for work that need not come to an end, such as a compilation.
   *
   * @throws Interrupted at once when a signal comes; what is still running then ends with the program
   */
  orStop<T>(work: Promise<T>): Promise<T>;
  /** Gives the signals back to the system. */
  dispose(): void;
}

export interface InterruptionOptions {
  /** Called once, at the first signal. */
  onFirst?: () => void;
  /** Ends the program at once. */
  exit?: (code: number) => void;
}

// SIGHUP: the terminal was closed, or the connection to it was lost. SIGUSR1: what Slurm's `--signal` and `mpirun` pass on in time.
const codes = { SIGHUP: 129, SIGINT: 130, SIGUSR1: 138, SIGTERM: 143 } as const;

/**
 * Set to 1 for a program that is started with an IPC channel (`compare` starts `train` so): it stops and saves when its parent has ended, however
 * that ended.
 */
export const endsWithParent = "MLPCONV_ENDS_WITH_PARENT";

// Package managers pass Ctrl-C on to a program that the terminal has told already: what follows within this many
// milliseconds is the same key press.
const samePress = 500;

export const onInterrupt = ({ onFirst, exit = process.exit }: InterruptionOptions = {}): Interruption => {
  const controller = new AbortController();
  let first: { code: number; at: number } | undefined;
  const receive = (name: keyof typeof codes) => {
    if (!first) {
      first = { code: codes[name], at: performance.now() };
      controller.abort();
      onFirst?.();
    } else if (performance.now() - first.at > samePress) exit(codes[name]);
  };
  const handlers = (Object.keys(codes) as (keyof typeof codes)[]).map(
    (name) => [name, () => receive(name)] as const,
  );
  for (const [name, handler] of handlers) process.on(name, handler);
  const parentEnded = () => receive("SIGTERM");
  if (process.env[endsWithParent] === "1" && process.connected) {
    process.on("disconnect", parentEnded);
    // To wait for that keeps nobody alive.
    process.channel?.unref();
  }
  const { signal } = controller;
  return {
    signal,
    exitCode: () => first?.code,
    orStop: async (work) => {
      let stop = () => {};
      const stopped = new Promise<never>((_, reject) => {
        stop = () => reject(interruptedAtStart(first!.code, exit));
        if (signal.aborted) stop();
        else signal.addEventListener("abort", stop);
      });
      try {
        return await Promise.race([work, stopped]);
      } catch (error) {
        if (error instanceof Interrupted) throw error;
        // A terminal's signal ends a compiler too, and may end it first.
        if (!signal.aborted) await wait(moment);
        throw first ? interruptedAtStart(first.code, exit) : error;
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
    dispose: () => {
      for (const [name, handler] of handlers) process.off(name, handler);
      process.off("disconnect", parentEnded);
    },
  };
};

const moment = 50;

const interruptedAtStart = (code: number, exit: (code: number) => void): Interrupted => {
  // Fires only while something else keeps the program alive.
  setTimeout(() => exit(code), moment).unref();
  return new Interrupted(code, "interrupted before training began");
};
