// Stores tiles in a file in the user's cache folder, in Node.
import { chmod, mkdir, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { TextStore } from "./saved-tiles.js";

/** Path in the operating system's cache folder. Throws an error for a user without a home folder. */
const cacheFile = async (): Promise<string> => {
  // Imported late, because on loading it reads the home folder, which throws for a user id without an account.
  const { default: envPaths } = await import("env-paths");
  const { cache } = envPaths("mlpconv", { suffix: "" });
  // An empty HOME would give a folder below the working directory.
  if (!isAbsolute(homedir()) || !isAbsolute(cache)) throw new Error("no home folder");
  return join(cache, "webgpu", "tiles.json");
};

/**
 * Makes a folder, and what is missing above it, with mode 0700 whatever the umask; one that is there stays as it is. Node's own `recursive` never
 * returns where the system answers ENOENT for a folder whose parent exists, as below /proc.
 */
const makePrivate = async (folder: string): Promise<void> => {
  try {
    return await makeOne(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(folder) === folder) throw error;
  }
  await makePrivate(dirname(folder));
  await makeOne(folder);
};

const makeOne = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const found = await stat(folder).catch(() => undefined);
    if (found?.isDirectory()) return;
    throw error;
  }
  await chmod(folder, 0o700);
};

export const fileStore = (path: () => Promise<string> = cacheFile): TextStore => ({
  read: () =>
    path()
      .then((file) => readFile(file, "utf8"))
      .catch(() => undefined),
  write: async (text) => {
    try {
      const file = await path();
      await makePrivate(dirname(file));
      await writeFileAtomic(file, text, { mode: 0o600 });
    } catch {
      // If the folder cannot be written, the next process measures again.
    }
  },
});
