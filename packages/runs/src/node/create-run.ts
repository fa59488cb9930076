// The beginning of a run: a new folder with its config.json and an empty log.
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "@mlpconv/weights/node";
import { CONFIG, filesOfRun, LOG, removeLeftovers, writing } from "./folder-files.js";
import { type LockOptions, lockRun } from "./lock.js";
import { type OpenRun, openRun, toText } from "./open-run.js";
import { RunFolderError } from "./run-folder-error.js";

/**
 * Makes the folder of a new run and writes its config.json.
 *
 * @throws RunFolderError when a run was begun there, the folder holds something else or cannot be made
 */
export const createRun = async (
  folder: string,
  config: object,
  lockOptions: LockOptions = {},
): Promise<OpenRun> => {
  await checkIsNew(folder);
  return writing(async () => {
    await mkdir(folder, { recursive: true });
    const lock = await lockRun(folder, lockOptions);
    try {
      // Another process may have begun it in the meantime.
      await checkIsNew(folder);
      await removeLeftovers(folder);
      const log = await open(join(folder, LOG), "ax");
      try {
        const text = toText(config);
        // config.json marks the run as begun: a folder without it, left by a killed process, is ignored.
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

const checkIsNew = async (folder: string): Promise<void> => {
  const present = await filesOfRun(folder);
  if (present.length === 0) return;
  throw new RunFolderError(
    `run: expected ${folder} to be new, got a folder with ${present.length} entries; choose another name or remove it`,
  );
};
