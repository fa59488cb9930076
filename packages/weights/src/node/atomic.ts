// A file that is whole or not there, written piece by piece (write-file-atomic wants all of it at once).
import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Runs `write` on a new file beside `path`, flushes it to the disk and renames it to `path`. When anything fails, what was at `path` stays
 * and the new file is removed. A process that is killed leaves `.<name>.<8 digits>.tmp` behind.
 */
export const writeAtomically = async (
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> => {
  const folder = dirname(path);
  const fresh = join(folder, `.${basename(path)}.${randomBytes(4).toString("hex")}.tmp`);
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
  await syncFolder(folder);
};

/** The new name is on the disk only when the folder is. Windows cannot open a folder, and needs no such call. */
const syncFolder = async (folder: string) => {
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
