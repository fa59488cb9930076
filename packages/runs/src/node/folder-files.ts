// The files of a run's folder, and leftovers of killed processes.
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { readText, removeTemporaries, systemErrorMessage } from "@mlpconv/weights/node";
import { RunFileError } from "../files/parse.js";
import { RunFolderError } from "./run-folder-error.js";

export const CONFIG = "config.json";
export const LOG = "events.jsonl";
export const SUMMARY = "summary.json";
export const PICTURES = "pictures.json";

/** Runs an action that writes to the folder; errors of the system become a RunFolderError. */
export const writing = async <T>(body: () => Promise<T>): Promise<T> => {
  try {
    return await body();
  } catch (cause) {
    if (cause instanceof RunFolderError || cause instanceof RunFileError) throw cause;
    throw new RunFolderError(`run: expected a folder that can be written, got ${systemErrorMessage(cause)}`, {
      cause,
    });
  }
};

/**
 * The text of a file of the folder.
 *
 * @returns undefined if the file does not exist
 * @throws RunFolderError when it cannot be read
 */
export const readRunText = async (path: string): Promise<string | undefined> => {
  try {
    return await readText(path);
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException).code!)) return undefined;
    throw new RunFolderError(`run: expected ${path} to be readable, got ${systemErrorMessage(cause)}`, {
      cause,
    });
  }
};

/** The error for a folder that has no config.json, with the folder's contents. */
export const notARun = async (folder: string): Promise<RunFolderError> => {
  const names = await readdir(folder).catch(() => undefined);
  const found =
    names === undefined
      ? "no such folder"
      : names.length === 0
        ? "an empty folder"
        : `a folder without config.json (${names.slice(0, 3).join(", ")}${names.length > 3 ? ", ..." : ""})`;
  return new RunFolderError(
    `run: expected a run in ${folder}, got ${found}; name a folder that \`train\` has written`,
  );
};

/**
 * Files of the run in the folder; empty if there is no run or its process was killed before config.json was written.
 */
export const filesOfRun = async (folder: string): Promise<string[]> => {
  const names = (await readdir(folder).catch(() => [])).filter(
    (name) => !name.startsWith(".") && !isLeftover(name),
  );
  // A lock and a log that are empty may come from a killed process, and do not make a run.
  for (const name of names)
    if (![CONFIG, LOG].includes(name) || !(await isEmpty(join(folder, name)))) return names;
  return [];
};

const isEmpty = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile() && found.size === 0,
    () => true,
  );

/** Whether a name is a temporary file of earlier versions, which wrote JSON through another library. */
const isLeftover = (name: string): boolean => /^(config|summary)\.json\.\d+$/.test(name);

/** Removes files that a killed process was writing. */
export const removeLeftovers = async (folder: string): Promise<void> => {
  await removeTemporaries(folder);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const unbegun = name === LOG && (await isEmpty(join(folder, CONFIG)));
    if (isLeftover(name) || unbegun) await rm(path, { force: true });
  }
};
