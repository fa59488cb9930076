// Ctrl-C and its relatives: the first asks the run to stop and save, the second ends the program.

export interface Interruption {
  /** Aborted by the first signal. */
  signal: AbortSignal;
  /** 128 + the number of the signal that came; undefined while none has. */
  exitCode(): number | undefined;
  /** Gives the signals back to the system. */
  dispose(): void;
}

export interface InterruptionOptions {
  /** Called once, at the first signal. */
  onFirst?: () => void;
  /** Ends the program at once. */
  exit?: (code: number) => void;
}

const codes = { SIGINT: 130, SIGTERM: 143 } as const;

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
  return {
    signal: controller.signal,
    exitCode: () => first?.code,
    dispose: () => {
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
};
