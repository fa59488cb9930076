// The file of the user's cache that keeps tiles, under Node.
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { TextStore } from "./saved-tiles.js";

/** In the operating system's cache folder; none for a user without a home. */
const cacheFile = async (): Promise<string> => {
  // Imported late because it asks for the home folder when it loads, which throws for a user id that has no account.
  const { default: envPaths } = await import("env-paths");
  return join(envPaths("mlpconv", { suffix: "" }).cache, "webgpu", "tiles.json");
};

export const fileStore = (path: () => Promise<string> = cacheFile): TextStore => ({
  read: () =>
    path()
      .then((file) => readFile(file, "utf8"))
      .catch(() => undefined),
  write: async (text) => {
    try {
      const file = await path();
      await mkdir(dirname(file), { recursive: true });
      await writeFileAtomic(file, text);
    } catch {
      // A folder that cannot be written: the next process measures again.
    }
  },
});
