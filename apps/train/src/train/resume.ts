// Resumes a run: opens its folder, and checks that the requested settings are those of the run.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  changeableFlags,
  changesAtResume,
  noSuchRun,
  recipeDifferences,
  runsFolder,
  type SettingChange,
  type Terminal,
  UsageError,
} from "@mlpconv/cli-kit";
import { isFinished, type Summary, settings, type TrainedConfig, valueAt, withValues } from "@mlpconv/runs";
import {
  type ConfigChange,
  checkTrainedConfig,
  filesOfRun,
  type ResumedRun,
  readRunWithoutLog,
  readTrainedConfig,
  resumeRun,
} from "@mlpconv/runs/node";
import { settingProblems } from "@mlpconv/runs/recipe";
import type { ChangeEvent, Position } from "@mlpconv/trainer";
import type { TrainRequest } from "./options.js";
import { type AugmentSettings, augmentProblems } from "./settings.js";

export interface Reopened {
  run: ResumedRun;
  /** The config with the changed settings. */
  config: TrainedConfig;
  /** Settings that differ from those that the run had. */
  changes: SettingChange[];
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
  // A job that is started again shall not change what it trains.
  const { breakLock = false, resume: changeable } = request;
  refuse(recipeDifferences(request, was, { changeable }), { changeable });
  const config = changedConfig(was, changesAtResume(request, was), path);
  const run = await resumeRun(folder, (message) => terminal.say(`warning: ${message}`), { breakLock });
  try {
    // Opening the run may have completed a change that was cut short.
    const changes = changesAtResume(request, run.config);
    checkEpochs(changes, run.checkpoint?.position);
    return { run, config: changes.length > 0 ? config : checkTrainedConfig(run.config, path), changes };
  } catch (error) {
    await run.close();
    throw error;
  }
};

/**
 * The config with the changed settings. What the run itself has may lose its effect, such as its cycles with another schedule.
 *
 * @throws UsageError when the changed settings do not go together
 */
export const changedConfig = (was: TrainedConfig, changes: SettingChange[], path: string): TrainedConfig => {
  const values = Object.fromEntries(changes.map(({ setting, to }) => [setting, to]));
  const config = checkTrainedConfig(withValues(was, values), path);
  if (changes.length === 0) return config;
  // The run's own settings were chosen with one another: no rule of its preset is left to apply.
  const all = Object.keys(settings).map((place) => [place, valueAt(config, place)]);
  const { augment, flip } = values;
  const problems = [
    ...settingProblems(config, Object.fromEntries(all), values),
    ...augmentProblems({ augment: augment ?? config.augment, flip } as AugmentSettings, config.data),
  ];
  if (problems.length > 0) throw new UsageError("train", problems);
  return config;
};

/** @throws UsageError when the run has trained more epochs than it shall have */
const checkEpochs = (changes: readonly SettingChange[], position: Position | undefined): void => {
  const epochs = changes.find(({ setting }) => setting === "epochs")?.to;
  if (epochs === undefined || !position) return;
  const begun = position.epochs + (position.stepInEpoch > 0 ? 1 : 0);
  if (Number(epochs) >= begun) return;
  throw new UsageError("train", [
    `expected --epochs to be at least ${begun}, the epochs that the run has begun, got ${epochs}; ask for more, or start a new run`,
  ]);
};

const refuse = (wrong: string[], { changeable = false }: { changeable?: boolean } = {}): void => {
  if (wrong.length === 0) return;
  const others = changeable ? `; --resume may change ${changeableFlags().join(", ")}` : "";
  throw new UsageError("train", [
    `expected the run as it was begun, got ${wrong.join("; ")}; leave the flags away or start a new run${others}`,
  ]);
};

/**
 * Goes on with the changed settings: writes them into the run's log and its config.json.
 *
 * @param state the model and the optimizer as they were restored
 * @returns the event in the log; undefined for a run that has no checkpoint
 */
export const recordChanges = async (
  { run, config, changes }: Reopened,
  state: Pick<ConfigChange, "model" | "optimizer">,
): Promise<ChangeEvent | undefined> => {
  const { position } = run.checkpoint ?? {};
  const values = Object.fromEntries(changes.map(({ setting, to }) => [setting, to]));
  const changed = withValues(run.config, values);
  if (!position) {
    await run.changeConfig(changed);
    return undefined;
  }
  const event = { type: "change" as const, step: position.step, epochs: config.epochs, changes };
  await run.changeConfig(changed, { ...state, position, event });
  return event;
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
      `warning: the run began on ${was.device}, this is ${now.device}: the numbers may not be the same to the last bit`,
    );
};
