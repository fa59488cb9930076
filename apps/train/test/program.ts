// Runs the real program as its users do: another process, in a folder of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { testProgram } from "../../../test/test-program.js";

/** What starts the programs: Node and the file that build-program.ts wrote. */
export const command: readonly string[] = [process.execPath, testProgram("main")];

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts `pnpm <args>` in `cwd`; `outcome` is there when it ends. */
export const start = (
  args: readonly string[],
  cwd: string,
): { child: ChildProcess; outcome: Promise<Outcome> } => {
  const env = { ...process.env, NO_COLOR: "1", MLPCONV_DEBUG: "", npm_config_user_agent: "" };
  const child = spawn(command[0]!, [...command.slice(1), ...args], {
    cwd,
    env,
  });
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

export const run = (args: readonly string[], cwd: string): Promise<Outcome> => start(args, cwd).outcome;
