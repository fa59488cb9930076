// One process at a time writes to a run. The lock is the kernel's, held by a descriptor of the file `.lock`: it ends with its process,
// however that ends, holds in every container and process namespace of the machine, and needs no hard links. Where the kernel cannot know
// of other machines, or has no locks, what the file says of its owner decides; a lock that another machine left is then broken by a flag only.
/// <reference path="./fs-native-extensions.d.ts" />
import { constants } from "node:fs";
import { type FileHandle, open, rm, stat, statfs } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { RunFolderError } from "./run-folder-error.js";

/** The lock of a run's folder. */
export interface RunLock {
  /** @throws RunFolderError when the folder was removed, or another was put in its place */
  check(): Promise<void>;
  /** Frees the folder. */
  release(): Promise<void>;
}

/** What to do with a lock that another process left. */
export interface LockOptions {
  /** Breaks a lock that another machine left, where nothing tells whether its process still lives. Default false. */
  breakLock?: boolean;
  /** Told that a lock was broken. Default: a warning of the process. */
  warn?: (message: string) => void;
}

/** What the lock file holds: who writes to the folder. */
const ownerSchema = v.object({ pid: v.number(), host: v.string() });
type Owner = v.InferOutput<typeof ownerSchema>;

/** A byte after the end of the file: on Windows a locked range cannot be read. */
const lockedByte = 2 ** 30;

/**
 * Takes the lock of a run's folder and writes into it who has it.
 *
 * @throws RunFolderError when another process has it or may have it, or `.lock` was not written by mlpconv
 */
export const lockRun = async (
  folder: string,
  { breakLock = false, warn = (message) => process.emitWarning(message) }: LockOptions = {},
): Promise<RunLock> => {
  const path = join(folder, ".lock");
  for (;;) {
    const file = await openLock(path);
    try {
      const text = (await file.readFile("utf8")).replaceAll("\0", "").trim();
      const owner = ownerOf(text);
      const attempt = await tryLock(file);
      if (attempt.taken) throw inUse(folder, owner);
      // Its last owner may have removed it between the two calls above: then another process can make and lock a new one.
      if (!(await isAt(file, path))) {
        await file.close();
        continue;
      }
      if (!isOurs(text)) throw foreign(path, `"${text.slice(0, 40)}"`);
      const unsure = attempt.unlocked ?? (await networkDrive(folder));
      if (owner && unsure !== undefined && mayLive(owner, attempt.unlocked !== undefined)) {
        if (!breakLock) throw leftLocked(folder, path, owner, unsure);
        warn(`run: broke the lock of ${folder} that ${ownerWords(owner)} left`);
      }
      if (attempt.unlocked !== undefined) warnUnlocked(folder, attempt.unlocked);
      await file.truncate(0);
      await file.write(JSON.stringify({ pid: process.pid, host: hostname() }), 0);
    } catch (error) {
      await file.close();
      throw error;
    }
    return {
      check: async () => {
        if (!(await isAt(file, path))) throw gone(folder);
      },
      release: async () => {
        if (await isAt(file, path)) await rm(path, { force: true });
        await file.close();
      },
    };
  }
};

const openLock = async (path: string): Promise<FileHandle> => {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o666).catch((error) => {
    if (error.code === "EISDIR") throw foreign(path, "a folder");
    throw error;
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw foreign(path, "no ordinary file");
};

const ownerOf = (text: string): Owner | undefined => {
  try {
    const result = v.safeParse(ownerSchema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
};

const begin = '{"pid":';

/** Also of an owner that was killed before all of it was written: as far as it goes, it begins as ours do. */
const isOurs = (text: string): boolean => text.startsWith(begin) || begin.startsWith(text);

/** Codes of file systems and platforms that cannot lock. */
const unsupported = ["ENOLCK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EINVAL"];

interface Attempt {
  /** Whether another process has the lock. */
  taken: boolean;
  /** Why there is no lock to take, where there is none. */
  unlocked?: string;
}

const tryLock = async (file: FileHandle): Promise<Attempt> => {
  let lock: typeof import("fs-native-extensions").tryLock;
  try {
    ({ tryLock: lock } = await import("fs-native-extensions"));
  } catch {
    return { taken: false, unlocked: `no file locks for ${process.platform}-${process.arch}` };
  }
  try {
    return { taken: !lock(file.fd, lockedByte, 1) };
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    // Some systems say EACCES or EBUSY where others say that the lock is taken.
    if (["EACCES", "EBUSY"].includes(code)) return { taken: true };
    if (!unsupported.includes(code)) throw error;
    return { taken: false, unlocked: `a file system without locks (${code})` };
  }
};

const warnUnlocked = (folder: string, got: string) =>
  process.emitWarning(
    `run: expected to lock ${folder}, got ${got}; take care that no other process writes to it`,
  );

/** Linux's numbers of file systems whose locks may hold on one machine alone, by how they were mounted. */
const networkDrives: Readonly<Record<number, string>> = {
  26985: "NFS",
  4283649346: "CIFS",
  4266872130: "SMB",
};

const networkDrive = async (folder: string): Promise<string | undefined> => {
  if (process.platform !== "linux") return undefined;
  const type = (await statfs(folder).catch(() => undefined))?.type ?? 0;
  // Some systems give it as a signed number.
  const name = networkDrives[type >>> 0];
  return name && `a network drive (${name}), whose locks may hold on one machine alone`;
};

/** Whether the owner that a lock names may still write, though no lock of the kernel is in the way. */
const mayLive = ({ pid, host }: Owner, unlocked: boolean): boolean => {
  if (host !== hostname()) return true;
  // The kernel's lock was free, so no process of this machine has it.
  if (!unlocked) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process is alive and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Whether the open file is still the one that the path names. */
const isAt = async (file: FileHandle, path: string): Promise<boolean> => {
  const there = await stat(path, { bigint: true }).catch(() => undefined);
  const here = await file.stat({ bigint: true });
  return there?.ino === here.ino && there.dev === here.dev;
};

const ownerWords = ({ pid, host }: Owner) => `process ${pid} on ${host}`;

const inUse = (folder: string, owner: Owner | undefined) =>
  new RunFolderError(
    `run: expected ${folder} to be free, but ${owner ? ownerWords(owner) : "another process"} is writing to it; ` +
      "wait for it or stop it (a process in a container has another number outside)",
  );

const leftLocked = (folder: string, path: string, owner: Owner, unsure: string) =>
  new RunFolderError(
    `run: expected ${folder} to be free, got the lock of ${ownerWords(owner)} and ${unsure}, so that nothing tells whether it still writes; ` +
      `make sure that this process has ended, then resume with --break-lock, or remove ${path}`,
  );

const foreign = (path: string, got: string) =>
  new RunFolderError(
    `run: expected ${path} to be the lock of a run, got ${got}; another program made it: move it elsewhere or remove it`,
  );

const gone = (folder: string) =>
  new RunFolderError(
    `run: expected ${folder} to stay while it is written, got none or another in its place; ` +
      "it was removed, renamed or replaced: what was trained since is lost, begin the run again",
  );
