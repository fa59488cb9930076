// The launchers of this machine, and how the tests start ranks with them.
import { spawn } from "node:child_process";
import { type MpiLauncher, mpiEnvironment, mpiLaunchers } from "../../../test/mpi-launchers.js";
import { programOf } from "../../../test/program-of.js";

export const launchers = mpiLaunchers();

/** One rank: a program that does what its first argument names. */
export const program = await programOf(new URL("rank.ts", import.meta.url));

export interface Finished {
  code: number | null;
  /** Standard output and errors of all ranks. */
  output: string;
  /** Seconds from the start, or from the last call of `onOutput` that returned true. */
  seconds: number;
}

interface RunOptions {
  env?: Record<string, string>;
  /** Called with all output so far, until it returns true. */
  onOutput?: (output: string) => boolean;
  file?: string;
}

export const runRanks = (
  { command: [launcher = "", ...options] }: Pick<MpiLauncher, "command">,
  ranks: number,
  args: readonly string[],
  { env = {}, onOutput = () => true, file = program }: RunOptions = {},
): Promise<Finished> => {
  const node = [process.execPath, "--expose-gc", file];
  const child = spawn(launcher, [...options, "-n", `${ranks}`, ...node, ...args], {
    env: { ...process.env, ...mpiEnvironment, NO_COLOR: "1", FORCE_COLOR: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let seen = false;
  let start = performance.now();
  const read = (chunk: Buffer) => {
    output += chunk;
    if (seen || !onOutput(output)) return;
    seen = true;
    start = performance.now();
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(() => child.kill("SIGKILL"), 50_000);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(tooLong);
      resolve({ code, output, seconds: (performance.now() - start) / 1000 });
    });
  });
};
