// Checks that a file to be written is not there yet, and can be.
import { access, constants, lstat, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** To be called before any work is done. @throws Error when something has that name already, or its folder cannot be written to */
export const checkFileIsNew = async (command: string, file: string): Promise<void> => {
  const found = await lstat(file).catch(() => undefined);
  if (!found) return checkFolder(command, file);
  const kind = found.isDirectory() ? "a folder" : "a file that is there already";
  throw new Error(
    `${command}: expected ${file} to be a new file, got ${kind}; choose another name or remove it`,
  );
};

const checkFolder = async (command: string, file: string): Promise<void> => {
  const folder = dirname(file);
  const wrong = (got: string, fix: string) =>
    new Error(
      `${command}: expected ${file} in a folder that can be written to, got ${folder}, ${got}; ${fix}`,
    );
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => undefined,
  );
  if (isFolder === undefined) throw wrong("which is not there", "make it, or choose another one");
  if (!isFolder) throw wrong("which is a file", "choose another one");
  await access(folder, constants.W_OK).catch(() => {
    throw wrong("which you may not write to", "choose another one");
  });
};
