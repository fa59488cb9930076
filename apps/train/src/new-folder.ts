// A folder that is whole or not there, and that never takes the place of files.
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

/** Said before any work is done. @throws Error when something is there already, an empty folder aside */
export const checkFolderIsNew = async (command: string, folder: string): Promise<void> => {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new Error(`${command}: expected ${folder} to be a new folder, got: ${error.message}`, {
      cause: error,
    });
  });
  if (entries.length > 0) {
    throw new Error(
      `${command}: expected ${folder} to be new or empty, got a folder with ${entries.length} entries; choose another name or remove it`,
    );
  }
};

/** Runs `write` on a folder beside the one that is wanted, which then takes its name; nothing is left when that fails. */
export const writeFolder = async (folder: string, write: (fresh: string) => Promise<void>): Promise<void> => {
  const target = resolve(folder);
  const fresh = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString("hex")}.tmp`);
  await mkdir(fresh, { recursive: true });
  try {
    await write(fresh);
    // Fails when something came into it meanwhile. Windows cannot rename to a folder that is there, empty or not.
    await rmdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
};
