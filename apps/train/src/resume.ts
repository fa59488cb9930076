// A run that goes on: its folder, its settings, and whether what it is asked to be now is what it was.
import { join } from "node:path";
import { recipeDifferences, runsFolder, type Terminal } from "@mlpconv/programs";
import type { EngineName } from "@mlpconv/tensor";
import { type ResumedRun, RunFolderError, resumeRun } from "@mlpconv/trainer/node";
import type { TrainRequest } from "./options.js";
import type { Settings } from "./settings.js";

/** What config.json holds: all that decides the numbers of a run, and where it ran. */
export interface RunConfig extends Settings {
  engine: EngineName;
  device: string;
  dataset: string;
  /** Of all images and labels. */
  dataSha256: string;
  /** Node's version. */
  node: string;
}

export interface Reopened {
  run: ResumedRun;
  config: RunConfig;
}

/**
 * Opens the run that is to go on.
 *
 * @throws RunFolderError when there is none, it is in use or damaged, or a flag says otherwise than the run
 */
export const reopen = async (request: TrainRequest, terminal: Terminal): Promise<Reopened> => {
  const run = await resumeRun(join(runsFolder, request.run!), (message) =>
    terminal.say(`warning: ${message}`),
  );
  // Written by this program; a foreign file shows as differences or fails to build a net.
  const config = run.config as unknown as RunConfig;
  try {
    refuse(recipeDifferences(request, config));
    return { run, config };
  } catch (error) {
    await run.close();
    throw error;
  }
};

const refuse = (wrong: string[]): void => {
  if (wrong.length === 0) return;
  throw new RunFolderError(
    `resume: expected the run as it was begun, got ${wrong.join("; ")}; leave the flags away or start a new run`,
  );
};

/**
 * What only shows once data and engine are there.
 *
 * @throws RunFolderError when the data are others
 */
export const checkResumed = (was: RunConfig, now: RunConfig, terminal: Terminal): void => {
  if (was.dataset !== now.dataset || was.dataSha256 !== now.dataSha256)
    refuse([
      `data ${now.dataset} (SHA-256 ${now.dataSha256.slice(0, 12)}...), and the run has ${was.dataset} (${was.dataSha256.slice(0, 12)}...)`,
    ]);
  if (was.device !== now.device)
    terminal.say(
      `warning: the run began on ${was.device}, this is ${now.device}: the numbers may differ in their last bits`,
    );
};
