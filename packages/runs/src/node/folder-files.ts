// What a run has in its folder, and what a killed process left there.
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { readText as readFileText, removeTemporaries, systemWords } from "@mlpconv/weights/node";
import { RunFileError } from "../files/parse.js";
import { RunFolderError } from "./run-folder-error.js";

export const CONFIG = "config.json";
export const LOG = "events.jsonl";

/** Runs an action on the folder; what the system refuses becomes a RunFolderError. */
export const writing = async <T>(body: () => Promise<T>): Promise<T> => {
  try {
    return await body();
  } catch (cause) {
    if (cause instanceof RunFolderError || cause instanceof RunFileError) throw cause;
    throw new RunFolderError(`run: expected a folder that can be written, got ${systemWords(cause)}`, {
      cause,
    });
  }
};

/**
 * The text of a file of the folder.
 *
 * @returns undefined when there is none
 * @throws RunFolderError when the system refuses to read it
 */
export const readText = async (path: string): Promise<string | undefined> => {
  try {
    return await readFileText(path);
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException).code!)) return undefined;
    throw new RunFolderError(`run: expected ${path} to be readable, got ${systemWords(cause)}`, { cause });
  }
};

/** Says what is in a folder that has no config.json. */
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
 * What a run has in its folder so far; nothing when there is no run, or its process was killed before its config.json was written.
 */
export const filesOfRun = async (folder: string): Promise<string[]> => {
  const names = (await readdir(folder).catch(() => [])).filter(
    (name) => !name.startsWith(".") && !isLeftover(name),
  );
  // Neither says anything as long as both are empty.
  for (const name of names)
    if (![CONFIG, LOG].includes(name) || !(await isEmpty(join(folder, name)))) return names;
  return [];
};

const isEmpty = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile() && found.size === 0,
    () => true,
  );

/** Temporary names of versions that wrote JSON through another library. */
const isLeftover = (name: string): boolean => /^(config|summary)\.json\.\d+$/.test(name);

/** Removes what a killed process was writing. */
export const removeLeftovers = async (folder: string): Promise<void> => {
  await removeTemporaries(folder);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const unbegun = name === LOG && (await isEmpty(join(folder, CONFIG)));
    if (isLeftover(name) || unbegun) await rm(path, { force: true });
  }
};
