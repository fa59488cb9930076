// Errors of the programs: their exit codes, and how they are printed.
import { EngineError } from "@mlpconv/tensor";

/** The command line is wrong; nothing was started. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  constructor(
    command: string,
    /** All problems of the command line, each as "expected ..., got ...". */
    readonly problems: readonly string[],
  ) {
    super(problems.map((problem) => `${command}: ${problem}`).join("\n"));
  }
}

/** A signal stopped the program; training progress is saved. Exit code 128 + the signal's number, as in shells. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** Another process of a group failed; this one ends too, with the same exit code. */
export class ElsewhereError extends Error {
  override readonly name = "ElsewhereError";
  constructor(
    /** The message; undefined where the other process has printed it. */
    readonly told: string | undefined,
    readonly exitCode: number,
  ) {
    super(told);
  }
}

/** The exit code of an error, never 0. */
export const exitCodeOf = (error: unknown): number => {
  if (error instanceof UsageError) return 2;
  // Environment variables are user input, like the command line.
  if (error instanceof EngineError && error.code === "wrong-setting") return 2;
  if (error instanceof Interrupted || error instanceof ElsewhereError) return error.exitCode;
  return 1;
};

/** The message of an error; with MLPCONV_DEBUG=1 also stack and causes. For errors that only a bug can cause, it says how to see them. */
export const describeError = (error: unknown, env: NodeJS.ProcessEnv = process.env): string => {
  if (!(error instanceof Error)) return String(error);
  if (env.MLPCONV_DEBUG === "1" && !(error instanceof UsageError)) return stackOf(error);
  const surprising = ["TypeError", "ReferenceError"].includes(error.name);
  return surprising ? `${error.message}\nMLPCONV_DEBUG=1 shows where it happened.` : error.message;
};

const stackOf = (error: Error): string => {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\ncaused by: ${stackOf(error.cause)}` : stack;
};
