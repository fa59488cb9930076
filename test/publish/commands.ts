// Commands as a stranger types them, in a folder of their own: nothing of this workspace's environment, registry or caches.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Place {
  /** Where they are typed. */
  cwd: string;
  /** HOME, with the .npmrc and the caches. */
  home: string;
}

const environment = (home: string): NodeJS.ProcessEnv => {
  // `pnpm test:publish` tells its children of this workspace in npm_* and pnpm_*, NODE_PATH and the like.
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|pnpm_|init_cwd$|node_path$|node_options$|vitest|mlpconv_|tsx_)/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    CI: "true",
    NO_COLOR: "1",
    HOME: home,
    USERPROFILE: home,
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_DATA_HOME: join(home, "data"),
    XDG_STATE_HOME: join(home, "state"),
    NPM_CONFIG_USERCONFIG: join(home, ".npmrc"),
    NPM_CONFIG_CACHE: join(home, "npm"),
  };
};

/** Runs it to its end. @throws Error with what it printed when it fails */
export const command = async (
  { cwd, home }: Place,
  program: string,
  parameters: readonly string[],
  { allThreads = false } = {},
): Promise<{ stdout: string; stderr: string }> => {
  const options = {
    cwd,
    // One thread: the machine may have other work, and 20 steps need no more.
    env: { ...environment(home), ...(!allThreads && { MLPCONV_THREADS: "1" }) },
    timeout: 600_000,
    maxBuffer: 64 << 20,
    // npm and npx are batch files there.
    shell: process.platform === "win32" && program !== process.execPath,
  };
  return run(program, parameters, options).catch((error) => {
    const typed = [program, ...parameters].join(" ");
    throw new Error(`${typed}: ${error.message}\n${error.stdout}\n${error.stderr}`);
  });
};

/** Starts a program that goes on, and waits until it has printed a line that matches. @returns the match, and what sends a signal and gives the exit code */
export const started = async (
  { cwd, home }: Place,
  program: string,
  parameters: readonly string[],
  line: RegExp,
): Promise<{ found: RegExpExecArray; end(signal: NodeJS.Signals): Promise<number | null> }> => {
  const child: ChildProcess = spawn(program, parameters, {
    cwd,
    env: environment(home),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit") as Promise<[number | null]>;
  let printed = "";
  const matched = new Promise<RegExpExecArray>((resolve) => {
    for (const stream of [child.stdout!, child.stderr!])
      stream.on("data", (text) => {
        printed += text;
        const found = line.exec(printed);
        if (found) resolve(found);
      });
  });
  const found = await Promise.race([matched, ended.then(() => undefined)]);
  if (!found) throw new Error(`${[program, ...parameters].join(" ")}: ended, having printed\n${printed}`);
  return {
    found,
    end: async (signal) => {
      child.kill(signal);
      return (await ended)[0];
    },
  };
};

/** What a program prints as its last line of stdout: JSON. */
export const lastLine = ({ stdout }: { stdout: string }) => JSON.parse(stdout.trim().split("\n").at(-1)!);
