// Runs the real program as its users do: another process, in a folder of its own.
import { execFile } from "node:child_process";
import { testProgram } from "../../../test/test-program.js";

/** What build-program.ts wrote. */
const main = testProgram("main");

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** `mlpconv <args>` in `cwd`, or another program. */
export const run = (args: string, cwd: string, program = main): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const parameters = [program, ...args.split(" ").filter(Boolean)];
    const env = { ...process.env, NO_COLOR: "1", MLPCONV_DEBUG: "" };
    execFile(process.execPath, parameters, { cwd, env }, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(error);
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
