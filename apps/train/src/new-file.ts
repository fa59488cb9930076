// Checks that a file to be written is not there yet.
import { lstat } from "node:fs/promises";

/** Said before any work is done. @throws Error when something has that name already */
export const checkFileIsNew = async (command: string, file: string): Promise<void> => {
  const found = await lstat(file).catch(() => undefined);
  if (!found) return;
  const kind = found.isDirectory() ? "a folder" : "a file that is there already";
  throw new Error(
    `${command}: expected ${file} to be a new file, got ${kind}; choose another name or remove it`,
  );
};
