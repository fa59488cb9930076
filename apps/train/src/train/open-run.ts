// Opens the folder of a run under runs/, and never one that is in use.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runsFolder, UsageError } from "@mlpconv/cli-kit";
import {
  checkNotWritten,
  createRun,
  filesOfRun,
  type OpenRun,
  RunFolderError,
  tensorBoard,
} from "@mlpconv/runs/node";
import { makeFolder, systemErrorMessage } from "@mlpconv/weights/node";

/** Checks the name before any work: an error only after an hour of training would be worse. */
export const checkRunIsNew = async (name: string): Promise<void> => {
  const folder = join(runsFolder, name);
  if ((await filesOfRun(folder)).length > 0) {
    await checkNotWritten(folder);
    throw new UsageError("train", [
      `expected --run to name a new run, got "${name}", and ${folder} is in use; choose another name, remove that folder, or go on with it: --resume`,
    ]);
  }
};

/** Options of `openRun`. */
export interface OpenRunOptions {
  /** Whether the same command may be started more than once, also at the same time. Default false. */
  autoResume?: boolean;
  /** Breaks a lock that a process on another machine left. */
  breakLock?: boolean;
  /** Called when a lock was broken. */
  warn?: (message: string) => void;
}

/**
 * Starts a run.
 *
 * @param name given by the user; without one, `fallback` is used, with a number if that is taken
 * @throws RunFolderError when the folder is in use or cannot be written
 */
export const openRun = async (
  name: string | undefined,
  fallback: string,
  config: object,
  { autoResume = false, ...lockOptions }: OpenRunOptions = {},
): Promise<OpenRun> => {
  const folder = name === undefined ? await claim(fallback) : join(runsFolder, name);
  try {
    return await createRun(folder, config, lockOptions);
  } catch (cause) {
    if (!autoResume || (await filesOfRun(folder)).length === 0) throw cause;
    throw new RunFolderError(
      `train: expected ${folder} to be free, but another process began it at the same time; ` +
        "once that has ended, the same command goes on with it",
      { cause },
    );
  }
};

/** The run of a process that leaves the folder to process 0. */
export const keptElsewhere: OpenRun = {
  folder: "",
  record: async () => {},
  saveCheckpoint: async () => {},
  changeConfig: async () => {},
  saveWeights: async () => {},
  saveModel: async () => {},
  writeSummary: async () => {},
  close: async () => {},
};

/** Creates the folder; if several programs start in the same second, only one of them succeeds. */
const claim = async (name: string): Promise<string> => {
  for (let n = 1; ; n++) {
    const folder = join(runsFolder, n === 1 ? name : `${name}-${n}`);
    try {
      await makeFolder(runsFolder);
      await mkdir(folder);
      return folder;
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "EEXIST" && n < 1000) continue;
      throw new RunFolderError(
        `train: expected ${runsFolder} to be a folder that can be written, got ${systemErrorMessage(cause)}`,
        { cause },
      );
    }
  }
};

/** A run that also writes TensorBoard event files into its folder. If these cannot be created, the run is closed. */
export const withTensorBoard = async (run: OpenRun): Promise<OpenRun> => {
  const board = await tensorBoard(run.folder).catch(async (error) => {
    await run.close();
    throw error;
  });
  return {
    ...run,
    record: async (event) => {
      await run.record(event);
      await board.record(event);
    },
    close: async () => {
      try {
        await board.close();
      } finally {
        await run.close();
      }
    },
  };
};
