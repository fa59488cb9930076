// Finds a run's folder and reads its configuration and the name of its weights.
import { access, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type WeightsName, weightsNames } from "@mlpconv/runs";
import { type FoundRun, RunFolderError, readTrainedConfig } from "@mlpconv/runs/node";
import { UsageError } from "./errors.js";
import { nearest } from "./flag-values.js";
import { asTyped } from "./program-name.js";
import { runsFolder } from "./run-name.js";

/**
 * Finds a run and its weights without loading them.
 *
 * @throws UsageError when no run has that name, with the most similar name; RunFolderError when it has no such weights or no config.json;
 * RunFileError when config.json is invalid
 */
export const findRun = async (
  command: string,
  name: string,
  weights: WeightsName | undefined,
  flag = "--run",
): Promise<FoundRun> => {
  const folder = join(runsFolder, name);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UsageError(command, [await noSuchRun(name, flag)]);
  const config = await readTrainedConfig(join(folder, "config.json"));
  const present: WeightsName[] = [];
  for (const each of weightsNames) if (await exists(weightsPath(folder, each))) present.push(each);
  const chosen = weights ?? present[0];
  if (chosen === undefined || !present.includes(chosen)) {
    const expected =
      weights === undefined ? "best.safetensors or last.safetensors" : `${weights}.safetensors`;
    const fix =
      present[0] === undefined
        ? "the run has saved no weights: it was stopped too early, or something else wrote that folder"
        : `pass --weights ${present[0]}`;
    throw new RunFolderError(`${command}: expected ${expected} in ${folder}, got none; ${fix}`);
  }
  return { name, folder, config, weights: chosen, path: weightsPath(folder, chosen) };
};

const weightsPath = (folder: string, name: WeightsName) => join(folder, `${name}.safetensors`);

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The error message for a run that does not exist, with the most similar name. */
export const noSuchRun = async (name: string, flag: string): Promise<string> => {
  const entries = await readdir(runsFolder, { withFileTypes: true }).catch(() => []);
  const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  const like = nearest(name, names);
  const fix =
    names.length === 0
      ? `there are none yet: ${asTyped("train")} makes one`
      : like === undefined
        ? `there ${names.length === 1 ? "is" : "are"} ${listed(names)}`
        : `did you mean "${like}"?`;
  return `expected ${flag} to name a run in ${runsFolder}, got "${name}"; ${fix}`;
};

const most = 5;

/** A sorted list of names, shortened if there are many. */
const listed = (names: readonly string[]): string => {
  const sorted = names.toSorted();
  const rest = sorted.length - most;
  return sorted.slice(0, most).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
};
