// Trains one run of an experiment as a child process. A finished run is reused and a stopped one resumed.
import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runsFolder } from "@mlpconv/cli-kit";
import { isFinished, type Run } from "@mlpconv/runs";
import { readRun } from "@mlpconv/runs/node";
import type { Trial } from "./experiments.js";

const program = fileURLToPath(new URL("../../../train/src/main.ts", import.meta.url));

/** @throws Error with the program's last output when it fails */
export const runTrial = async (
  name: string,
  { model, preset, flags }: Trial,
  seed: number,
  jobs: number,
): Promise<Run> => {
  const folder = join(runsFolder, name);
  const before = (await exists(join(folder, "config.json"))) ? await readRun(folder) : undefined;
  if (before && isFinished(before)) return before;
  const asked = ["--model", model, "--preset", preset, "--seed", String(seed), "--engine", "native"];
  const args = ["train", ...asked, ...flags.split(" ").filter(Boolean), "--run", name];
  const child = spawn(
    process.execPath,
    [...process.execArgv, program, ...args, ...(before ? ["--resume"] : [])],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...(jobs > 1 && { MLPCONV_THREADS: "1" }) },
    },
  );
  let words = "";
  child.stderr.on("data", (text) => {
    words = `${words}${text}`.slice(-2000);
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`bench: ${args.join(" ")} ended with ${code}:\n${words.trim()}`);
  return readRun(folder);
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
