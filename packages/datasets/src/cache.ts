// The folder of our own where downloads are kept, and the lock that lets one process at a time fill it.
import { chmod, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import lockfile from "proper-lockfile";

/** Where the operating system wants caches to be, and in it this data set's folder; undefined for a user without a home. */
export const cacheFolder = async (): Promise<string | undefined> => {
  try {
    // Imported late because it asks for the home folder when it loads, which throws for a user id that has no account.
    const { default: envPaths } = await import("env-paths");
    const { cache } = envPaths("mlpconv", { suffix: "" });
    // An empty HOME would give a folder below the working directory.
    return isAbsolute(homedir()) && isAbsolute(cache) ? join(cache, "fashion-mnist") : undefined;
  } catch {
    return undefined;
  }
};

/** Makes a folder, and what is missing above it, with mode 0700 whatever the umask; one that is there stays as it is. */
const makePrivate = async (folder: string): Promise<void> => {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let path = folder; path.length >= first.length; path = dirname(path)) await chmod(path, 0o700);
};

export interface Lock {
  /** Aborted when the lock was lost, for example because the computer slept and another process took over. */
  signal: AbortSignal;
  release(): Promise<void>;
}

/**
 * Makes the folder and waits until this process alone may write to it. A lock left by a killed process is taken over.
 *
 * @param stale milliseconds after which a lock that its owner has not touched belongs to a process that was killed
 * @param onWait called once if another process has it
 * @throws what the file system throws when the folder cannot be written; `signal.reason` when aborted
 */
export const lockFolder = async (
  folder: string,
  signal: AbortSignal,
  stale: number,
  onWait: () => void,
): Promise<Lock> => {
  const lost = new AbortController();
  await makePrivate(folder);
  for (let waited = false; ; waited = true) {
    signal.throwIfAborted();
    try {
      const release = await lockfile.lock(folder, {
        lockfilePath: join(folder, ".lock"),
        stale,
        onCompromised: (error) => lost.abort(error),
      });
      // Releasing a lock that was lost is an error, but there is nothing left to release.
      return { signal: lost.signal, release: () => release().catch(() => {}) };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) throw error;
      if (!waited) onWait();
      await sleep(200, undefined, { signal }).catch(() => {});
    }
  }
};
