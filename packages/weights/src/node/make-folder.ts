// Makes folders, also on file systems where making one never succeeds.
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those missing above it; a folder that exists stays as it is. Node's own `recursive` never returns where the system answers
 * ENOENT for a folder whose parent exists, as below /proc.
 *
 * @throws the system's error when a folder cannot be made
 */
export const makeFolder = async (folder: string): Promise<void> => {
  try {
    return await makeOne(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(folder) === folder) throw error;
  }
  await makeFolder(dirname(folder));
  await makeOne(folder);
};

const makeOne = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder);
  } catch (error) {
    const found = await stat(folder).catch(() => undefined);
    if (!found?.isDirectory()) throw error;
  }
};
