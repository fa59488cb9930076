// Runs a program to its end and reads the JSON in its last line.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface RunOptions {
  /** Kills the program. */
  signal?: AbortSignal;
  /** The folder in which it runs; default: that of this process. */
  cwd?: string;
}

/** @throws Error with the program's error output when it fails */
export const runJson = async <T>(
  command: string,
  commandArguments: string[],
  environment: Record<string, string> = {},
  { signal, cwd }: RunOptions = {},
): Promise<T> => {
  const child = spawn(command, commandArguments, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
    ...(cwd && { cwd }),
    ...(signal && { signal, killSignal: "SIGKILL" }),
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (err += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", (cause) =>
      reject(new Error(`bench: expected to run ${command}, got: ${cause.message}`, { cause })),
    );
    child.on("close", resolve);
  });
  if (code !== 0)
    throw new Error(`bench: ${command} ${commandArguments.join(" ")} ended with ${code}:\n${err.trim()}`);
  return JSON.parse(out.trim().split("\n").at(-1)!) as T;
};

/** The arguments of Node to run a TypeScript file of this folder with the same loader and conditions as this process. */
export const nodeArguments = (file: string, ...rest: string[]): string[] => [
  ...process.execArgv,
  fileURLToPath(new URL(file, import.meta.url)),
  ...rest,
];
