// How the programs fail: which exit code an error means, and what of it is shown.
import { EngineError } from "@mlpconv/tensor";

/** The command line is wrong; the run never started. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  constructor(
    command: string,
    /** One for each thing that is wrong: "expected ..., got ...". */
    readonly problems: readonly string[],
  ) {
    super(problems.map((problem) => `${command}: ${problem}`).join("\n"));
  }
}

/** Someone asked the program to stop; what was learned is saved. Exit code 128 + the signal's number, as shells have it. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** Another process of a group failed; this one ends with it, by the same exit code. */
export class ElsewhereError extends Error {
  override readonly name = "ElsewhereError";
  constructor(
    /** Undefined where that process has printed it. */
    readonly told: string | undefined,
    readonly exitCode: number,
  ) {
    super(told);
  }
}

/** 0 is not among them: errors are never a success. */
export const exitCodeOf = (error: unknown): number => {
  if (error instanceof UsageError) return 2;
  // An environment variable is part of a command.
  if (error instanceof EngineError && error.code === "wrong-setting") return 2;
  if (error instanceof Interrupted || error instanceof ElsewhereError) return error.exitCode;
  return 1;
};

/** The message alone; with MLPCONV_DEBUG=1 the stack and the causes too. Errors that only a bug can raise say how to see it. */
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
