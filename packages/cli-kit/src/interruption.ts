// Handles Ctrl-C and similar signals: the first asks the run to stop and save, the second ends the program.
import { setTimeout as wait } from "node:timers/promises";
import { Interrupted } from "./errors.js";

export interface Interruption {
  /** Aborted by the first signal. */
  signal: AbortSignal;
  /** 128 + the number of the signal; undefined if there was no signal. */
  exitCode(): number | undefined;
  /**
   * Waits for work that may not end by itself, such as a compilation.
   *
   * @throws Interrupted at once when a signal comes; work that is still running ends with the program
   */
  orStop<T>(work: Promise<T>): Promise<T>;
  /** Restores the default handling of signals. */
  dispose(): void;
}

export interface InterruptionOptions {
  /** Called once, at the first signal. */
  onFirst?: () => void;
  /** Ends the program at once. */
  exit?: (code: number) => void;
  /** Milliseconds in which the program ends by itself when `orStop` has rejected; then `exit` is called. Default 50. */
  endsWithin?: number;
}

// SIGHUP: the terminal was closed or its connection lost. SIGUSR1: what Slurm's `--signal` and `mpirun` send before the time limit.
const codes = { SIGHUP: 129, SIGINT: 130, SIGUSR1: 138, SIGTERM: 143 } as const;

/**
 * Environment variable, set to 1 for a program that is started with an IPC channel (`compare` starts `train` so): the program stops and saves
 * when its parent process has ended, for any reason.
 */
export const endsWithParent = "MLPCONV_ENDS_WITH_PARENT";

// Milliseconds in which a second signal counts as the same key press: package managers forward Ctrl-C to a program that the terminal has
// signalled already.
const samePress = 500;
// Milliseconds between a signal to this process and to its child processes.
const moment = 50;

export const onInterrupt = ({
  onFirst,
  exit = process.exit,
  endsWithin = moment,
}: InterruptionOptions = {}): Interruption => {
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
    // The channel must not keep the process alive.
    process.channel?.unref();
  }
  const { signal } = controller;
  const interrupt = (code: number): Interrupted => {
    // Fires only if something else keeps the process alive.
    setTimeout(() => exit(code), endsWithin).unref();
    return new Interrupted(code, "interrupted before training began");
  };
  return {
    signal,
    exitCode: () => first?.code,
    orStop: async (work) => {
      let stop = () => {};
      const stopped = new Promise<never>((_, reject) => {
        stop = () => reject(interrupt(first!.code));
        if (signal.aborted) stop();
        else signal.addEventListener("abort", stop);
      });
      try {
        return await Promise.race([work, stopped]);
      } catch (error) {
        if (error instanceof Interrupted) throw error;
        // A terminal's signal also ends the compiler, possibly before this process receives it.
        if (!signal.aborted) await wait(moment);
        throw first ? interrupt(first.code) : error;
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
