// Programs that a test starts in a cluster, and the processes that these start in turn.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** How a program ended. */
export interface Ended {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Milliseconds that it ran. */
  took: number;
}

export interface LaunchOptions {
  cwd?: string;
  /** Environment variables beside those of this process. */
  env?: Readonly<Record<string, string>>;
  /** Milliseconds after which it is killed, 60 seconds by default. */
  timeout?: number;
}

/** A program that was started. */
export interface Launched {
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  /** Until it has printed this on stdout. @throws Error with all that it printed, when it ends first */
  printed(text: string): Promise<void>;
  /** Sends a signal to the program itself. */
  kill(signal: NodeJS.Signals): void;
  /** Its end. */
  readonly ended: Promise<Ended>;
}

/** Variables of the test runner would change what programs do: colours, conditions of imports, launchers' own names. */
const environment = (added: LaunchOptions["env"]): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(SLURM_|OMPI_|PMI_|PMIX_|VITEST|NODE_OPTIONS$)/.test(name),
    ),
  ),
  NO_COLOR: "1",
  ...added,
});

const readProcess = (pid: number | string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // It has ended, or is another user's.
  }
};

/** Whether a process runs: not ended, and not a zombie that its parent has not asked for yet. */
export const isRunning = (pid: number): boolean => {
  // The state follows the name, which stands in parentheses and may hold anything.
  const [state] = readProcess(pid, "stat").replace(/^.*\) /s, "");
  return state !== undefined && state !== "Z" && state !== "X";
};

/** The processes that a process started and that have not ended. */
export const childrenOf = (pid: number): number[] =>
  readProcess(pid, `task/${pid}/children`).split(" ").filter(Boolean).map(Number);

/** `nsenter` with a process namespace starts the program as its child and passes no signal on to it. */
const programOf = (pid: number): number => {
  const [name] = readProcess(pid, "comm").split("\n");
  return name === "nsenter" ? (childrenOf(pid)[0] ?? pid) : pid;
};

/** Starts a program. */
export const launch = (
  [program, ...parameters]: readonly [string, ...string[]],
  { cwd, env, timeout = 60_000 }: LaunchOptions = {},
): Launched => {
  const begin = performance.now();
  const child = spawn(program, parameters, { cwd, env: environment(env), stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  const readers = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
      for (const read of readers) read();
    });
  const kill = (signal: NodeJS.Signals): void => {
    const pid = child.pid === undefined ? undefined : programOf(child.pid);
    if (pid !== undefined && isRunning(pid)) process.kill(pid, signal);
  };
  const timer = setTimeout(() => {
    texts.stderr += `\nkilled after ${timeout} ms by the test\n`;
    kill("SIGKILL");
    child.kill("SIGKILL");
    // Processes that it started may hold the pipes, and would keep "close" from coming.
    child.stdout.destroy();
    child.stderr.destroy();
  }, timeout);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject).on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, ...texts, took: performance.now() - begin });
    });
  });
  const printed = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const read = () => {
        if (!texts.stdout.includes(text)) return;
        readers.delete(read);
        resolve();
      };
      readers.add(read);
      read();
      ended.then(({ code, stdout, stderr }) => {
        read();
        const all = `${stdout}\n${stderr}`;
        reject(
          new Error(
            `${program}: expected it to print ${JSON.stringify(text)}, got exit code ${code}\n${all}`,
          ),
        );
      }, reject);
    });
  return { stdout: () => texts.stdout, stderr: () => texts.stderr, printed, kill, ended };
};

/** Names of the rank in the environment of a process, by launcher: mpirun, mpiexec, srun. */
const RANK = /(?:^|\0)(?:OMPI_COMM_WORLD_RANK|PMI_RANK|SLURM_PROCID)=(\d+)(?=\0|$)/;

/** Process ids, by rank, of the Node processes that a launcher started with `variable=value` in their environment. */
export const rankProcesses = (variable: string, value: string): Map<number, number> => {
  const ranks = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const env = readProcess(name, "environ");
    const rank = RANK.exec(env)?.[1];
    const isNode = /^[^\0]*\bnode\0/.test(readProcess(name, "cmdline"));
    if (
      isNode &&
      rank !== undefined &&
      env.split("\0").includes(`${variable}=${value}`) &&
      isRunning(Number(name))
    )
      ranks.set(Number(rank), Number(name));
  }
  return new Map([...ranks].toSorted(([a], [b]) => a - b));
};
