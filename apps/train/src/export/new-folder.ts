// A folder that is whole or not there, and that never takes the place of files.
import { lstat, readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { makeFolder, removeTemporaries, systemErrorMessage, temporaryBeside } from "@mlpconv/weights/node";

/** Said before any work is done. @throws Error when something is there already, an empty folder aside */
export const checkFolderIsNew = async (command: string, folder: string): Promise<void> => {
  // The trailing slash is removed, because it would follow a link.
  const found = await lstat(resolve(folder)).catch(() => undefined);
  if (found?.isSymbolicLink()) {
    throw new Error(
      `${command}: expected ${folder} to be a new folder, got a link; name the folder that it leads to, or choose another name`,
    );
  }
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new Error(`${command}: expected ${folder} to be a new folder, got ${systemErrorMessage(error)}`, {
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
  await removeTemporaries(dirname(target), basename(target));
  const { fresh } = temporaryBeside(target);
  try {
    await makeFolder(fresh);
    await write(fresh);
    // Fails when something came into it meanwhile. Windows cannot rename to a folder that is there, empty or not.
    await rmdir(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new Error(
      `export: expected ${folder} to be a folder that can be written, got ${systemErrorMessage(error)}`,
      {
        cause: error,
      },
    );
  }
};
