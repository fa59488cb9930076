// Trains one run of an experiment as a child process. A finished run is reused and a stopped one resumed.
import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { runsFolder } from "@mlpconv/cli-kit";
import { isFinished, type Run } from "@mlpconv/runs";
import { readRun } from "@mlpconv/runs/node";
import type { EngineName } from "@mlpconv/tensor";
import type { Trial } from "./experiments.js";

/** How trials are trained. */
export interface Trainer {
  /** Arguments of Node that start the program with the command `train`. */
  program: readonly string[];
  engine: EngineName;
  /** Flags of `train` that are no part of a trial, such as where the data is. */
  flags?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  /** Folder in which runs are stored; default: the working directory. */
  folder?: string;
  /** Kills the program. */
  signal?: AbortSignal;
}

/** @throws Error with the program's last output when it fails */
export const runTrial = async (
  name: string,
  { model, preset, flags }: Trial,
  seed: number,
  { program, engine, flags: more = [], environment = {}, folder = ".", signal }: Trainer,
): Promise<Run> => {
  const run = join(folder, runsFolder, name);
  const before = (await exists(join(run, "config.json"))) ? await readRun(run) : undefined;
  if (before && isFinished(before)) return before;
  const asked = ["--model", model, "--preset", preset, "--seed", String(seed), "--engine", engine];
  const args = ["train", ...asked, ...flags.split(" ").filter(Boolean), ...more, "--run", name];
  const child = spawn(process.execPath, [...program, ...args, ...(before ? ["--resume"] : [])], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...environment },
    cwd: folder,
    ...(signal && { signal, killSignal: "SIGKILL" }),
  });
  let words = "";
  child.stderr.on("data", (text) => {
    words = `${words}${text}`.slice(-2000);
  });
  const code = await new Promise((resolve) => {
    // When it is killed or cannot be started.
    child.on("error", (error) => {
      words += error.message;
    });
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`bench: ${args.join(" ")} ended with ${code}:\n${words.trim()}`);
  return readRun(run);
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
