// Runs the real programs as their users do: another process, in a folder of its own.
import { spawn } from "node:child_process";
import { testProgram } from "../../../test/test-program.js";

/** What build-program.ts wrote. */
const mains = {
  compare: testProgram("main"),
  train: testProgram("train"),
};

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts `pnpm <args>` in `cwd`; `outcome` is there when it ends. */
export const start = (program: keyof typeof mains, args: string, cwd: string) => {
  const env = { ...process.env, NO_COLOR: "1", MLPCONV_DEBUG: "", npm_config_user_agent: "" };
  const child = spawn(process.execPath, [mains[program], ...args.split(" ")], { cwd, env });
  const outcome = new Promise<Outcome>((resolve, reject) => {
    const texts = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      texts.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      texts.stderr += text;
    });
    child.on("error", reject).on("close", (code) => resolve({ code, ...texts }));
  });
  return { child, outcome };
};

export const run = (program: keyof typeof mains, args: string, cwd: string): Promise<Outcome> =>
  start(program, args, cwd).outcome;
