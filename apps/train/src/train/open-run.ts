// Where a run is kept: its folder under runs/, never one that is in use.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runsFolder, UsageError } from "@mlpconv/cli-kit";
import { createRun, filesOfRun, type OpenRun, RunFolderError, tensorBoard } from "@mlpconv/runs/node";
import { systemWords } from "@mlpconv/weights/node";

/** Said before any work is done: training for an hour and then failing to save would be worse. */
export const checkRunIsNew = async (name: string): Promise<void> => {
  const folder = join(runsFolder, name);
  if ((await filesOfRun(folder)).length > 0) {
    throw new UsageError("train", [
      `expected --run to name a new run, got "${name}", and ${folder} is in use; choose another name, remove that folder, or go on with it: --resume`,
    ]);
  }
};

/** @param name as the user gave it; without one, `fallback`, with a number where that is taken */
export const openRun = async (name: string | undefined, fallback: string, config: object): Promise<OpenRun> =>
  createRun(name === undefined ? await claim(fallback) : join(runsFolder, name), config);

/** The run of a process that leaves the folder to process 0. */
export const keptElsewhere: OpenRun = {
  folder: "",
  record: async () => {},
  saveCheckpoint: async () => {},
  saveWeights: async () => {},
  saveModel: async () => {},
  writeSummary: async () => {},
  close: async () => {},
};

/** Makes the folder, which only one of several programs that start in the same second can do. */
const claim = async (name: string): Promise<string> => {
  for (let n = 1; ; n++) {
    const folder = join(runsFolder, n === 1 ? name : `${name}-${n}`);
    try {
      await mkdir(runsFolder, { recursive: true });
      await mkdir(folder);
      return folder;
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && cause.code === "EEXIST" && n < 1000) continue;
      throw new RunFolderError(
        `train: expected ${runsFolder} to be a folder that can be written, got ${systemWords(cause)}`,
        { cause },
      );
    }
  }
};

/** The run, whose record() also writes event files to its folder. A run whose event files cannot be made is closed. */
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
