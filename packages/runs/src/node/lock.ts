// One process at a time writes to a run. The lock is the kernel's, held by a descriptor of the file `.lock`: it ends with its process,
// however that ends, holds in every container and process namespace of the machine, and needs no hard links.
/// <reference path="./fs-native-extensions.d.ts" />
import { constants } from "node:fs";
import { type FileHandle, open, rm, stat } from "node:fs/promises";
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

/** What the lock file holds, for people who wonder who writes to the folder. Nothing is decided by it. */
const ownerSchema = v.object({ pid: v.number(), host: v.string() });

/** Beyond what the file holds: Windows lets nobody read a range that is locked. */
const lockedByte = 2 ** 30;

/**
 * Takes the lock of a run's folder and writes into it who has it.
 *
 * @throws RunFolderError when another process has it, or `.lock` is somebody else's file
 */
export const lockRun = async (folder: string): Promise<RunLock> => {
  const path = join(folder, ".lock");
  for (;;) {
    const file = await openLock(path);
    try {
      const text = (await file.readFile("utf8")).replaceAll("\0", "").trim();
      const owner = ownerOf(text);
      if (!(await acquired(file, folder))) throw inUse(folder, owner);
      // Its last owner may have removed it between the two calls above: then another process can make and lock a new one.
      if (!(await isAt(file, path))) {
        await file.close();
        continue;
      }
      if (!isOurs(text)) throw foreign(path, `"${text.slice(0, 40)}"`);
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

const ownerOf = (text: string): v.InferOutput<typeof ownerSchema> | undefined => {
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

/** File systems and platforms that cannot lock: the run goes on without, and says so. */
const unsupported = ["ENOLCK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EINVAL"];

const acquired = async (file: FileHandle, folder: string): Promise<boolean> => {
  let lock: typeof import("fs-native-extensions").tryLock;
  try {
    ({ tryLock: lock } = await import("fs-native-extensions"));
  } catch {
    warnUnlocked(folder, `no file locks for ${process.platform}-${process.arch}`);
    return true;
  }
  try {
    return lock(file.fd, lockedByte, 1);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    // Some systems say EACCES or EBUSY where others say that the lock is taken.
    if (["EACCES", "EBUSY"].includes(code)) return false;
    if (!unsupported.includes(code)) throw error;
    warnUnlocked(folder, `a file system without locks (${code})`);
    return true;
  }
};

const warnUnlocked = (folder: string, got: string) =>
  process.emitWarning(
    `run: expected to lock ${folder}, got ${got}; take care that no other process writes to it`,
  );

/** Whether the open file is still the one that the path names. */
const isAt = async (file: FileHandle, path: string): Promise<boolean> => {
  const there = await stat(path, { bigint: true }).catch(() => undefined);
  const here = await file.stat({ bigint: true });
  return there?.ino === here.ino && there.dev === here.dev;
};

const inUse = (folder: string, owner: v.InferOutput<typeof ownerSchema> | undefined) =>
  new RunFolderError(
    `run: expected ${folder} to be free, but ${owner ? `process ${owner.pid} on ${owner.host}` : "another process"} is writing to it; ` +
      "wait for it or stop it (a process in a container has another number outside)",
  );

const foreign = (path: string, got: string) =>
  new RunFolderError(
    `run: expected ${path} to be the lock of a run, got ${got}; another program made it: move it elsewhere or remove it`,
  );

const gone = (folder: string) =>
  new RunFolderError(
    `run: expected ${folder} to stay while it is written, got none or another in its place; ` +
      "somebody removed, renamed or replaced it: what was trained since is lost, begin the run again",
  );
