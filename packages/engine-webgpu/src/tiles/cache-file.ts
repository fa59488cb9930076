// The file of the user's cache that keeps tiles, under Node.
import { chmod, mkdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { TextStore } from "./saved-tiles.js";

/** Path in the operating system's cache folder; fails for a user without a home. */
const cacheFile = async (): Promise<string> => {
  // Imported late because it asks for the home folder when it loads, which throws for a user id that has no account.
  const { default: envPaths } = await import("env-paths");
  const { cache } = envPaths("mlpconv", { suffix: "" });
  // An empty HOME would give a folder below the working directory.
  if (!isAbsolute(homedir()) || !isAbsolute(cache)) throw new Error("no home folder");
  return join(cache, "webgpu", "tiles.json");
};

/** Makes a folder, and what is missing above it, with mode 0700 whatever the umask; one that is there stays as it is. */
const makePrivate = async (folder: string): Promise<void> => {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let path = folder; path.length >= first.length; path = dirname(path)) await chmod(path, 0o700);
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
      // A folder that cannot be written: the next process measures again.
    }
  },
});
