// Kills a program at its n-th change of the file system, without a process of its own: from that call on, no call that changes anything is
// done or returns, as if the process had been killed there, and what it held open is closed, as the kernel does. A trial costs
// milliseconds.
import fs, { type promises } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

type FileHandle = promises.FileHandle;

/** How a trial ended. */
export interface Trial {
  /** The call at which it was killed; undefined when it ended before. */
  killedAt?: string;
  /** Calls that change the file system, in order, the last one perhaps not done. */
  calls: string[];
}

/** Where a program is killed: before its n-th call, or in the middle of it if it writes. */
export interface Kill {
  /** Number of the call, from 1. Default: never. */
  n?: number;
  /** Does half of the n-th call, if it writes. */
  half?: boolean;
}

/** Calls by path. `open` counts when it can create a file. */
const ofPaths = [
  "copyFile",
  "link",
  "mkdir",
  "open",
  "rename",
  "rm",
  "rmdir",
  "symlink",
  "unlink",
  "writeFile",
] as const;
/** Calls on an open file. */
const ofHandles = ["appendFile", "sync", "truncate", "write", "writeFile"] as const;

// biome-ignore lint/suspicious/noExplicitAny: functions of many signatures are replaced by one
type AnyFunction = (...args: any[]) => Promise<any>;
const isHandle = (value: unknown): boolean => typeof value === "object" && value !== null && "fd" in value;
const never = new Promise<never>(() => {});

/** Runs `program` until it ends or is killed. One at a time in a process. */
export const killedAt = async (
  { n = Number.POSITIVE_INFINITY, half = false }: Kill,
  program: () => Promise<unknown>,
): Promise<Trial> => {
  const trial: Trial = { calls: [] };
  const open = new Set<FileHandle>();
  let die!: () => void;
  const dead = new Promise<void>((resolve) => {
    die = resolve;
  });

  const replace = (name: string, original: AnyFunction): AnyFunction =>
    async function (this: unknown, ...args) {
      if (trial.killedAt !== undefined) return never;
      const changes = name !== "open" || (args[1] !== undefined && args[1] !== "r" && args[1] !== 0);
      if (changes) {
        trial.calls.push(name);
        if (trial.calls.length === n) {
          trial.killedAt = name;
          // Written through an open file: a path comes first otherwise.
          const data = args[0];
          if (
            half &&
            isHandle(this) &&
            /^(append|write)/.test(name) &&
            (data instanceof Uint8Array || typeof data === "string")
          ) {
            await original.call(this, data.slice(0, data.length >> 1));
          }
          die();
          return never;
        }
        // A flush to the disk changes nothing for a process that is killed, and takes most of a trial.
        if (name === "sync") return;
      }
      const result = await original.apply(this, args);
      if (name === "open") open.add(result as FileHandle);
      return result;
    };

  const probe = await fs.promises.open(process.execPath, "r");
  const prototype = Object.getPrototypeOf(probe) as Record<string, AnyFunction>;
  await probe.close();
  const module = fs.promises as unknown as Record<string, AnyFunction>;
  const replaced = [
    ...ofPaths.map((name) => [module, name] as const),
    ...ofHandles.map((name) => [prototype, name] as const),
  ].map(([owner, name]) => ({ owner, name, original: owner[name]! }));
  for (const { owner, name, original } of replaced) owner[name] = replace(name, original);
  syncBuiltinESMExports();
  try {
    await Promise.race([program(), dead]);
  } finally {
    for (const { owner, name, original } of replaced) owner[name] = original;
    syncBuiltinESMExports();
    if (trial.killedAt !== undefined) for (const file of open) await file.close().catch(() => {});
  }
  return trial;
};
