// The folder of our own where downloads are kept, and the lock that lets one process at a time fill it.
import { chmod, mkdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import lockfile from "proper-lockfile";

/** Where the operating system wants caches to be, and in it the folder of that name; undefined for a user without a home. */
export const cacheFolder = async (name: string): Promise<string | undefined> => {
  try {
    // Imported late because it asks for the home folder when it loads, which throws for a user id that has no account.
    const { default: envPaths } = await import("env-paths");
    const { cache } = envPaths("mlpconv", { suffix: "" });
    // An empty HOME would give a folder below the working directory.
    return isAbsolute(homedir()) && isAbsolute(cache) ? join(cache, name) : undefined;
  } catch {
    return undefined;
  }
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

/** Times in a row that a lock which another process has may be missing: it is released now and then, but not always just before we look. */
const mostUnseen = 50;

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
  const path = join(folder, ".lock");
  let unseen = 0;
  for (let waited = false; ; waited = true) {
    signal.throwIfAborted();
    try {
      const release = await lockfile.lock(folder, {
        lockfilePath: path,
        stale,
        onCompromised: (error) => lost.abort(error),
      });
      // Releasing a lock that was lost is an error, but there is nothing left to release.
      return { signal: lost.signal, release: () => release().catch(() => {}) };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ELOCKED")) throw error;
      unseen = (await stat(path).catch(() => undefined)) ? 0 : unseen + 1;
      if (unseen === mostUnseen)
        throw new Error(
          `${path}: expected a lock that can be taken or seen, got neither; use another folder`,
        );
      if (!waited) onWait();
      await sleep(200, undefined, { signal }).catch(() => {});
    }
  }
};
