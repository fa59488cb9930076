// A run's folder that is open for writing: the log is appended to, every other file is replaced as a whole.
import { createHash } from "node:crypto";
import { type FileHandle, rm } from "node:fs/promises";
import { join } from "node:path";
import type { tf } from "@mlpconv/tensor";
import type { ChangeEvent, LoggedEvent, Optimizer, Position, TrainEvent } from "@mlpconv/trainer";
import type { PretrainedConfig } from "@mlpconv/weights";
import { type SaveModelOptions, saveModel, saveWeights, writeAtomically } from "@mlpconv/weights/node";
import type { WeightsName } from "../files/evaluation.js";
import type { Summary } from "../files/summary.js";
import { type FolderState, saveCheckpoint } from "./checkpoint.js";
import { CONFIG, SUMMARY, writing } from "./folder-files.js";
import type { RunLock } from "./lock.js";

/** A run's folder that is open for writing. */
export interface OpenRun {
  /** Its path. */
  readonly folder: string;
  /** Appends a line to events.jsonl, which others may read at the same time. Checkpoint events are not written. */
  record(event: TrainEvent | ChangeEvent): Promise<void>;
  /** Replaces the checkpoint from which `resumeRun` continues. */
  saveCheckpoint(model: tf.LayersModel, optimizer: Optimizer, position: Position): Promise<void>;
  /**
   * Goes on with another config.json: writes the event, a checkpoint that belongs to the new settings, and config.json, and removes the summary of what
   * was trained before. A process that is killed meanwhile leaves a run that goes on with the old settings or with the new ones. Without a state, for a run
   * that has no checkpoint, only config.json.
   */
  changeConfig(config: object, change?: ConfigChange): Promise<void>;
  /** Replaces <name>.safetensors, which PyTorch can load; the config, which names the classes, is part of its metadata. */
  saveWeights(
    name: WeightsName,
    model: tf.LayersModel,
    notes: Record<string, string>,
    config?: PretrainedConfig,
  ): Promise<void>;
  /** Writes model/model.json and model/weights.bin. */
  saveModel(model: tf.LayersModel, options?: SaveModelOptions): Promise<void>;
  /** Writes summary.json. */
  writeSummary(summary: Summary): Promise<void>;
  /** Closes the folder, so that other processes may write to it. Calling it again does nothing. */
  close(): Promise<void>;
}

/** The state in which a run's settings are changed. */
export interface ConfigChange {
  /** Written to events.jsonl. */
  event: ChangeEvent;
  /** A model with the weights of the checkpoint that the run goes on from. */
  model: tf.LayersModel;
  /** An optimiser with the state of that checkpoint. */
  optimizer: Optimizer;
  /** Its position. */
  position: Position;
}

/** Open files of a run's folder. */
export interface OpenFiles {
  folder: string;
  lock: RunLock;
  /** The log, open for appending. */
  log: FileHandle;
  /** The text of config.json. */
  config: string;
  /** Contents of the log up to where it goes on; what is behind them is removed when the first event is recorded. */
  logged: Uint8Array;
}

/** Makes the writer of a folder whose lock and log are open. */
export const openRun = ({ folder, lock, log, config: text, logged }: OpenFiles): OpenRun => {
  let config = text;
  const hash = createHash("sha256").update(logged);
  let logBytes = logged.length;
  let closed = false;
  /** Checks that the folder was not replaced by another before writing. */
  const saving = <T>(body: () => Promise<T>) =>
    writing(async () => {
      await lock.check();
      return body();
    });
  let cut: Promise<void> | undefined;
  const append = async (event: LoggedEvent) => {
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    // Not when the run is opened, because it may still be refused then.
    cut ??= log.truncate(logBytes);
    await cut;
    await log.appendFile(line);
    hash.update(line);
    logBytes += line.length;
  };
  const checkpoint = async (
    { model, optimizer, position }: Omit<ConfigChange, "event">,
    configs: Pick<FolderState, "config" | "configBefore">,
  ) => {
    // The log that a checkpoint describes must be on the disk before the checkpoint is.
    await log.sync();
    const logSha256 = hash.copy().digest("hex");
    await saveCheckpoint(folder, model, optimizer, position, { logBytes, logSha256, ...configs });
  };
  return {
    folder,
    record: (event) =>
      writing(async () => {
        if (event.type !== "checkpoint") await append(event);
      }),
    saveCheckpoint: (model, optimizer, position) =>
      saving(() => checkpoint({ model, optimizer, position }, { config })),
    changeConfig: (changed, change) =>
      saving(async () => {
        const configBefore = config;
        config = toText(changed);
        if (change) {
          const { event, ...state } = change;
          // First, because a run with a summary counts as finished.
          await rm(join(folder, SUMMARY), { force: true });
          await append(event);
          await checkpoint(state, { config, configBefore });
        }
        await writeAtomically(join(folder, CONFIG), (file) => file.writeFile(config));
      }),
    saveWeights: (name, model, metadata, config) =>
      saving(() =>
        saveWeights(model, join(folder, `${name}.safetensors`), { metadata, checksum: true, config }),
      ),
    saveModel: (model, options) => saving(() => saveModel(model, join(folder, "model"), options)),
    writeSummary: (summary) =>
      saving(() => writeAtomically(join(folder, SUMMARY), (file) => file.writeFile(toText(summary)))),
    close: async () => {
      if (closed) return;
      closed = true;
      await log.close();
      await lock.release();
    },
  };
};

/** A value as indented JSON text, for files that people read. */
export const toText = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
