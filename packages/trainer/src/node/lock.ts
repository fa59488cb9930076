// One process at a time writes to a run. The lock is a file with the owner's process id: unlike one that has to be touched every few
// seconds it holds through a training step of a minute, and is free the moment its owner is dead.
import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { RunFolderError } from "./run-folder-error.js";

interface Owner {
  pid: number;
  host: string;
}

/** Only for processes of this machine is there a way to know. */
const isAlive = ({ pid, host }: Owner): boolean => {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, but is somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** The owner in a lock file; undefined when there is none or its writer died before a word was in it. */
const readOwner = async (path: string): Promise<Owner | undefined> => {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Owner;
  } catch {
    return undefined;
  }
};

const code = (error: unknown) => (error as NodeJS.ErrnoException).code;

/**
 * Takes the lock of a run's folder, from a dead owner too, and gives the function that frees it.
 *
 * @throws RunFolderError when another process has it
 */
export const lockRun = async (folder: string): Promise<() => Promise<void>> => {
  const path = join(folder, ".lock");
  const unique = () => `${path}.${randomBytes(4).toString("hex")}.tmp`;
  const mine = unique();
  await writeFile(mine, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Owner));
  try {
    for (;;) {
      try {
        // A link appears with its content or not at all, and for one of several processes only.
        await link(mine, path);
        return () => rm(path, { force: true });
      } catch (error) {
        if (code(error) !== "EEXIST") throw error;
      }
      const owner = await readOwner(path);
      if (owner && isAlive(owner)) throw inUse(folder, owner);
      await clear(path, unique(), owner);
    }
  } finally {
    await rm(mine, { force: true });
  }
};

const inUse = (folder: string, { pid, host }: Owner) =>
  new RunFolderError(
    `run: expected ${folder} to be free, but process ${pid} on ${host} is writing to it; wait for it or stop it ` +
      `(if there is no such process, remove ${join(folder, ".lock")})`,
  );

/** Removes a dead owner's lock, but not the one that another process may have put in its place since. */
const clear = async (path: string, aside: string, dead: Owner | undefined): Promise<void> => {
  try {
    await rename(path, aside);
  } catch (error) {
    if (code(error) === "ENOENT") return;
    throw error;
  }
  const moved = await readOwner(aside);
  if (moved && moved.pid !== dead?.pid) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
};
