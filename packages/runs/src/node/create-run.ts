// Creates a new run: a folder with its config.json and an empty log.
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, writeAtomically } from "@mlpconv/weights/node";
import { CONFIG, filesOfRun, LOG, removeLeftovers, writing } from "./folder-files.js";
import { checkNotWritten, type LockOptions, lockRun } from "./lock.js";
import { type OpenRun, openRun, toText } from "./open-run.js";
import { RunFolderError } from "./run-folder-error.js";

/**
 * Creates the folder of a new run and writes its config.json.
 *
 * @throws RunFolderError when the folder has a run already, holds something else or cannot be created
 */
export const createRun = async (
  folder: string,
  config: object,
  lockOptions: LockOptions = {},
): Promise<OpenRun> => {
  const present = await filesOfRun(folder);
  if (present.length > 0) {
    await checkNotWritten(folder);
    throw notNew(folder, present);
  }
  return writing(async () => {
    await makeFolder(folder);
    const lock = await lockRun(folder, lockOptions);
    try {
      // Another process may have begun it, and ended, in the meantime.
      const begun = await filesOfRun(folder);
      if (begun.length > 0) throw notNew(folder, begun);
      await removeLeftovers(folder);
      const log = await open(join(folder, LOG), "ax");
      try {
        const text = toText(config);
        // config.json marks the run as started: a folder without it, left by a killed process, is ignored.
        await writeAtomically(join(folder, CONFIG), (file) => file.writeFile(text));
        return openRun({ folder, lock, log, config: text, logged: Buffer.alloc(0) });
      } catch (error) {
        await log.close();
        await rm(join(folder, LOG), { force: true });
        throw error;
      }
    } catch (error) {
      await lock.release();
      throw error;
    }
  });
};

const notNew = (folder: string, present: readonly unknown[]) =>
  new RunFolderError(
    `run: expected ${folder} to be new, got a folder with ${present.length} entries; choose another name or remove it`,
  );
