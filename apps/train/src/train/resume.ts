// Resumes a run: opens its folder, and checks that the requested settings are those of the run.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  changesAtResume,
  noSuchRun,
  recipeDifferences,
  runsFolder,
  type Terminal,
  UsageError,
} from "@mlpconv/cli-kit";
import { isFinished, type Summary, type TrainedConfig, withValues } from "@mlpconv/runs";
import {
  checkTrainedConfig,
  filesOfRun,
  type ResumedRun,
  readRunWithoutLog,
  readTrainedConfig,
  resumeRun,
} from "@mlpconv/runs/node";
import type { TrainRequest } from "./options.js";

export interface Reopened {
  run: ResumedRun;
  config: TrainedConfig;
}

/**
 * The summary of the run that `--auto-resume` names, if it has finished, so that there is nothing left to train.
 *
 * @throws UsageError when a flag contradicts the run; RunFolderError or RunFileError when the folder is not a run's or a file is invalid
 */
export const finishedSummary = async ({
  autoResume,
  ...request
}: TrainRequest): Promise<Summary | undefined> => {
  if (!autoResume) return undefined;
  const folder = join(runsFolder, request.run!);
  if ((await filesOfRun(folder)).length === 0) return undefined;
  const run = await readRunWithoutLog(folder);
  if (!isFinished(run)) return undefined;
  refuse(recipeDifferences(request, run.config));
  return run.summary;
};

/**
 * Opens the run to resume; undefined if its folder has no run yet or, with `--auto-resume`, does not exist.
 *
 * @throws UsageError when there is no such run or a flag contradicts it; RunFileError when one of its files is damaged or
 * edited; RunFolderError when it is in use or cannot be written
 */
export const reopen = async (request: TrainRequest, terminal: Terminal): Promise<Reopened | undefined> => {
  const folder = join(runsFolder, request.run!);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    if (request.autoResume) return undefined;
    throw new UsageError("train", [await noSuchRun(request.run!, "--run with --resume")]);
  }
  if ((await filesOfRun(folder)).length === 0) {
    terminal.say(
      `nothing was saved in ${folder} before it was stopped: beginning with this command's settings`,
    );
    return undefined;
  }
  const path = join(folder, "config.json");
  const was = await readTrainedConfig(path);
  refuse(recipeDifferences(request, was));
  const config = checkTrainedConfig(withValues(was, changesAtResume(request)), path);
  const { breakLock = false } = request;
  const run = await resumeRun(folder, (message) => terminal.say(`warning: ${message}`), { breakLock });
  return { run, config };
};

const refuse = (wrong: string[]): void => {
  if (wrong.length === 0) return;
  throw new UsageError("train", [
    `expected the run as it was begun, got ${wrong.join("; ")}; leave the flags away or start a new run`,
  ]);
};

/**
 * Checks what is known only after data and engine are loaded.
 *
 * @throws UsageError when the data differ
 */
export const checkResumed = (
  was: TrainedConfig,
  now: Pick<TrainedConfig, "data" | "device">,
  terminal: Terminal,
): void => {
  const [has, got] = [was.data, now.data];
  if (has.name !== got.name || has.sha256 !== got.sha256)
    refuse([
      `data ${got.name} (SHA-256 ${got.sha256.slice(0, 12)}...), and the run has ${has.name} (${has.sha256.slice(0, 12)}...)`,
    ]);
  if (was.device !== now.device)
    terminal.say(
      `warning: the run began on ${was.device}, this is ${now.device}: the numbers may differ in their last bits`,
    );
};
