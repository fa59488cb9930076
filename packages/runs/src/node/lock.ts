// A lock so that one process at a time writes to a run. The kernel's lock on the file `.lock` is used: it ends with its process however
// that ends, works across containers and process namespaces of the machine, and needs no hard links. On file systems whose locks do not cover
// other machines, or that have no locks, the owner recorded in the file decides; a lock left by another machine is then broken only by a flag.
/// <reference path="./fs-native-extensions.d.ts" />
import { constants } from "node:fs";
import { type FileHandle, open, rm, stat, statfs } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { RunFolderError } from "./run-folder-error.js";

/** The lock of a run's folder. */
export interface RunLock {
  /** @throws RunFolderError when the folder was removed or replaced by another */
  check(): Promise<void>;
  /** Releases the lock. */
  release(): Promise<void>;
}

/** Options for a lock that another process left. */
export interface LockOptions {
  /** Breaks a lock that another machine left, when it is unknown whether its process is still alive. Default false. */
  breakLock?: boolean;
  /** Called when a lock was broken. Default: a warning of the process. */
  warn?: (message: string) => void;
}

/** Contents of the lock file: the process that writes to the folder. */
const ownerSchema = v.object({ pid: v.number(), host: v.string() });
type Owner = v.InferOutput<typeof ownerSchema>;

/** Position of the locked byte, after the end of the file: on Windows a locked range cannot be read. */
const lockedByte = 2 ** 30;

/** More than processes that begin the same run at a time; without a limit, a file system that gives a file another number each time would never end. */
const mostTries = 1000;

const neverOurs = (path: string) =>
  new RunFolderError(
    `run: expected ${path} to stay the file that was opened, got another one ${mostTries} times; use a folder on another file system`,
  );

/**
 * Locks a run's folder and writes the owner into the lock file.
 *
 * @throws RunFolderError when another process holds the lock or may hold it, or `.lock` was not written by mlpconv
 */
export const lockRun = async (
  folder: string,
  { breakLock = false, warn = (message) => process.emitWarning(message) }: LockOptions = {},
): Promise<RunLock> => {
  const path = join(folder, ".lock");
  for (let tries = 1; ; tries++) {
    const file = await openLock(path);
    try {
      const text = (await file.readFile("utf8")).replaceAll("\0", "").trim();
      const owner = ownerOf(text);
      const attempt = await tryLock(file);
      if (attempt.taken) throw inUse(folder, owner);
      // The last owner may have removed the file between the two calls above; another process could then create and lock a new one.
      if (!(await isAt(file, path))) {
        if (tries === mostTries) throw neverOurs(path);
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

/**
 * Checks that no process writes to a folder, without taking its lock: an error must not suggest removing a folder that is in use.
 *
 * @throws RunFolderError naming the process
 */
export const checkNotWritten = async (folder: string): Promise<void> => {
  const file = await open(join(folder, ".lock"), constants.O_RDWR).catch(() => undefined);
  if (!file) return;
  try {
    const owner = ownerOf((await file.readFile("utf8")).replaceAll("\0", "").trim());
    if ((await tryLock(file)).taken) throw inUse(folder, owner);
  } finally {
    await file.close();
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

/** Whether mlpconv wrote the text. An owner that was killed while writing leaves the beginning of it. */
const isOurs = (text: string): boolean => text.startsWith(begin) || begin.startsWith(text);

/** Error codes of file systems and platforms that cannot lock. */
const unsupported = ["ENOLCK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EINVAL"];

interface Attempt {
  /** Whether another process holds the lock. */
  taken: boolean;
  /** Why no lock could be taken, if locking is not supported. */
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
    // Some systems return EACCES or EBUSY when the lock is taken.
    if (["EACCES", "EBUSY"].includes(code)) return { taken: true };
    if (!unsupported.includes(code)) throw error;
    return { taken: false, unlocked: `a file system without locks (${code})` };
  }
};

const warnUnlocked = (folder: string, got: string) =>
  process.emitWarning(
    `run: expected to lock ${folder}, got ${got}; take care that no other process writes to it`,
  );

/** Linux's type numbers of file systems whose locks may, depending on mount options, not extend to other machines. */
const networkDrives: Readonly<Record<number, string>> = {
  26985: "NFS",
  4283649346: "CIFS",
  4266872130: "SMB",
};

const networkDrive = async (folder: string): Promise<string | undefined> => {
  if (process.platform !== "linux") return undefined;
  const type = (await statfs(folder).catch(() => undefined))?.type ?? 0;
  // Some systems return it as a signed number.
  const name = networkDrives[type >>> 0];
  return name && `a network drive (${name}), whose locks may hold on one machine alone`;
};

/** Whether the recorded owner may still be writing although its kernel lock was free or unsupported. */
const mayLive = ({ pid, host }: Owner, unlocked: boolean): boolean => {
  if (host !== hostname()) return true;
  // The kernel's lock was free, so no process of this machine holds it.
  if (!unlocked) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process is alive and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Whether the path still refers to the open file. */
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
