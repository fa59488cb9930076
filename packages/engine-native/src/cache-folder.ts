// Folders for compiled libraries: the user's cache, or a temporary folder for one process.
import { chmod, mkdtemp, realpath, rm, stat } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { NativeError } from "./native-error.js";
import { FOLDER_MODE, openPrivateFolder } from "./private-folder.js";

/** The package's folder in the operating system's cache folder; undefined for a user without a home folder. */
export const cacheFolder = async (): Promise<string | undefined> => {
  try {
    // Imported late, because on loading it reads the home folder, which throws for a user id without an account.
    const { default: envPaths } = await import("env-paths");
    const { cache } = envPaths("mlpconv", { suffix: "" });
    // An empty HOME would give a folder below the working directory.
    return isAbsolute(homedir()) && isAbsolute(cache) ? join(cache, "native") : undefined;
  } catch {
    return undefined;
  }
};

export interface Cache {
  /** A real path that no other user can write to. */
  folder: string;
  /** Removes the folder if it is temporary. */
  close(): Promise<void>;
}

/**
 * Opens the cache or, if there is none that only this user can write to, a temporary folder.
 *
 * @param onWarning called with the reason why the cache is not used
 * @throws NativeError when a temporary folder cannot be created either
 */
export const openCache = async (
  wanted: string | undefined,
  onWarning: (message: string) => void,
): Promise<Cache> => {
  let reason = "this user has no home folder";
  if (wanted) {
    try {
      return { folder: await openPrivateFolder(wanted), close: async () => {} };
    } catch (error) {
      reason = messageOf(error);
    }
  }
  onWarning(
    `no cache for compiled kernels: ${reason}; each start compiles them again. Fix: make ${wanted ?? "a home folder"} ` +
      "and what is above it writable by you alone, or name a folder of your own in XDG_CACHE_HOME",
  );
  const folder = await temporaryFolder();
  return { folder, close: () => rm(folder, { recursive: true, force: true }).catch(() => {}) };
};

/** A new folder with a random name that other users cannot enter. */
const temporaryFolder = async (): Promise<string> => {
  try {
    const parent = await realpath(tmpdir());
    const { mode } = await stat(parent);
    // Without the sticky bit, other users could replace the new folder.
    if (process.platform !== "win32" && mode & 0o022 && !(mode & 0o1000))
      throw new Error(`${parent}: expected the sticky bit on a folder that others may write, got none`);
    const folder = await mkdtemp(join(parent, "mlpconv-native-"));
    await chmod(folder, FOLDER_MODE);
    return folder;
  } catch (cause) {
    throw new NativeError(
      "not-built",
      `no folder to compile in: ${messageOf(cause)}`,
      "name a folder that you alone may write in TMPDIR or XDG_CACHE_HOME",
      { cause },
    );
  }
};

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
