// A program as a child process: clean memory and an honest clock for each run.
import { spawn } from "node:child_process";
import { endsWithParent } from "@mlpconv/cli-kit";

export interface Ended {
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last line on stderr: why it failed, if it did. */
  lastWords: string;
}

export interface Child {
  /** Asks it to stop and save. */
  stop(): void;
  ended: Promise<Ended>;
}

/** Starts `node <program> <args>` with this process's own Node flags. */
export const startChild = (program: string, args: readonly string[]): Child => {
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    // Over the channel, through which nothing is sent, it learns when this program ends, also when that is killed.
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, [endsWithParent]: "1" },
  });
  let lastWords = "";
  child.stderr!.setEncoding("utf8");
  child.stderr!.on("data", (text: string) => {
    // The end of a line is enough of it; the beginning may have come in the piece before.
    const lines = (lastWords + text).split("\n").filter((line) => line.trim() !== "");
    lastWords = lines.at(-1)?.slice(-2000) ?? "";
    if (text.endsWith("\n")) lastWords += "\n";
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("error", (error) => resolve({ code: null, signal: null, lastWords: error.message }));
    child.on("close", (code, signal) => resolve({ code, signal, lastWords: lastWords.trim() }));
  });
  // The child does not outlive this program.
  const end = () => child.kill("SIGKILL");
  process.on("exit", end);
  ended.finally(() => process.off("exit", end));
  return { stop: () => void child.kill("SIGINT"), ended };
};
