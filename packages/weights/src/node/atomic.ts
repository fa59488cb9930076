// A file that is whole or not there, written piece by piece (write-file-atomic wants all of it at once).
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { removeTemporaries, restoreMovedAside, temporaryBeside } from "./temporary.js";

/**
 * Runs `write` on a new file beside `path`, flushes it to the disk and renames it to `path`. When anything fails, what was at `path` stays
 * and the new file is removed. A process that is killed leaves `.<name>.<8 digits>.tmp` behind.
 */
export const writeAtomically = async (
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> => {
  const { fresh } = temporaryBeside(path);
  const file = await open(fresh, "wx");
  try {
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
};

/**
 * Runs `write` on a new folder beside `folder`, which then takes its place. When anything fails, what was at `folder` stays. A folder cannot
 * replace another in one step: a process that is killed between two steps leaves the old one aside, and `restoreMovedAside` gives it back.
 */
export const replaceFolder = async (
  folder: string,
  write: (fresh: string) => Promise<void>,
): Promise<void> => {
  await mkdir(dirname(folder), { recursive: true });
  await restoreMovedAside(folder);
  await removeTemporaries(dirname(folder), basename(folder));
  const { fresh, old } = temporaryBeside(folder);
  // Not mkdtemp, whose folders are for their owner alone: a web server reads an exported model.
  await mkdir(fresh);
  try {
    await write(fresh);
    await rename(folder, old).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    await rename(fresh, folder).catch(async (error) => {
      await rename(old, folder).catch(() => {});
      throw error;
    });
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
  await rm(old, { recursive: true, force: true });
  await syncFolder(dirname(folder));
};

/** The new name is on the disk only when the folder is. Windows cannot open a folder, and needs no such call. */
export const syncFolder = async (folder: string) => {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Node reads and writes less than 2 GiB at once. */
export const CHUNK = 2 ** 24;

/** Appends all of `bytes`. */
export const writeWhole = async (file: FileHandle, bytes: Uint8Array): Promise<void> => {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, Math.min(CHUNK, bytes.length - done), null);
    done += bytesWritten;
  }
};
