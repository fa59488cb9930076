// Atomic writing: a file is complete or absent. It is written in pieces (write-file-atomic needs the whole content at once).
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { makeFolder } from "./make-folder.js";
import { removeTemporaries, restoreMovedAside, temporaryBeside } from "./temporary.js";

/**
 * Runs `write` on a new file beside `path`, flushes it to the disk and renames it to `path`. When anything fails, `path` is unchanged
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
 * Runs `write` on a new folder beside `folder`, which then replaces `folder`. When anything fails, `folder` is unchanged. A folder cannot
 * be replaced in one step: a process that is killed in between leaves the old folder under another name, and `restoreMovedAside` restores it.
 */
export const replaceFolder = async (
  folder: string,
  write: (fresh: string) => Promise<void>,
): Promise<void> => {
  await makeFolder(dirname(folder));
  await restoreMovedAside(folder);
  await removeTemporaries(dirname(folder), basename(folder));
  const { fresh, old } = temporaryBeside(folder);
  // mkdtemp would make a folder that only its owner can read, but a web server must be able to read an exported model.
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

/** Flushes a folder, without which a new name in it may not survive a crash. Windows cannot open folders and does not need this. */
export const syncFolder = async (folder: string) => {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Bytes in each read or write: Node's limit for one call is just under 2 GiB. */
export const CHUNK = 2 ** 24;

/** Appends all of `bytes`. */
export const writeWhole = async (file: FileHandle, bytes: Uint8Array): Promise<void> => {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, Math.min(CHUNK, bytes.length - done), null);
    done += bytesWritten;
  }
};
