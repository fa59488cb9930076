// The folder of a run that is open for writing: the log grows, every other file is replaced as a whole.
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { tf } from "@mlpconv/tensor";
import type { Optimizer, Position, TrainEvent } from "@mlpconv/trainer";
import { type SaveModelOptions, saveModel, saveWeights, writeAtomically } from "@mlpconv/weights/node";
import type { WeightsName } from "../files/evaluation.js";
import type { Summary } from "../files/summary.js";
import { saveCheckpoint } from "./checkpoint.js";
import { writing } from "./folder-files.js";
import type { RunLock } from "./lock.js";

/** The folder of a run that is open for writing. */
export interface OpenRun {
  /** Its path. */
  readonly folder: string;
  /** Appends a line to events.jsonl, which others may read meanwhile. Checkpoints are no lines of it. */
  record(event: TrainEvent): Promise<void>;
  /** Replaces the checkpoint that `resumeRun` goes on from. */
  saveCheckpoint(model: tf.LayersModel, optimizer: Optimizer, position: Position): Promise<void>;
  /** Replaces <name>.safetensors, which PyTorch opens. */
  saveWeights(name: WeightsName, model: tf.LayersModel, notes: Record<string, string>): Promise<void>;
  /** Writes model/model.json and model/weights.bin. */
  saveModel(model: tf.LayersModel, options?: SaveModelOptions): Promise<void>;
  /** Writes summary.json. */
  writeSummary(summary: Summary): Promise<void>;
  /** Others may write to the folder from now on. Calling it again does nothing. */
  close(): Promise<void>;
}

/** What is open of a run's folder. */
export interface OpenFiles {
  folder: string;
  lock: RunLock;
  /** The log, open for appending. */
  log: FileHandle;
  /** The text of config.json. */
  config: string;
  /** What the log holds. */
  logged: Uint8Array;
}

/** Writes to a folder whose lock and log are open. */
export const openRun = ({ folder, lock, log, config, logged }: OpenFiles): OpenRun => {
  const hash = createHash("sha256").update(logged);
  let logBytes = logged.length;
  let closed = false;
  /** Never into another folder that took the place of this one. */
  const saving = <T>(body: () => Promise<T>) =>
    writing(async () => {
      await lock.check();
      return body();
    });
  return {
    folder,
    record: (event) =>
      writing(async () => {
        if (event.type === "checkpoint") return;
        const line = Buffer.from(`${JSON.stringify(event)}\n`);
        await log.appendFile(line);
        hash.update(line);
        logBytes += line.length;
      }),
    saveCheckpoint: (model, optimizer, position) =>
      saving(async () => {
        // What the checkpoint counts on must be on the disk before it is.
        await log.sync();
        const logSha256 = hash.copy().digest("hex");
        await saveCheckpoint(folder, model, optimizer, position, { logBytes, logSha256, config });
      }),
    saveWeights: (name, model, metadata) =>
      saving(() => saveWeights(model, join(folder, `${name}.safetensors`), { metadata, checksum: true })),
    saveModel: (model, options) => saving(() => saveModel(model, join(folder, "model"), options)),
    writeSummary: (summary) =>
      saving(() => writeAtomically(join(folder, "summary.json"), (file) => file.writeFile(toText(summary)))),
    close: async () => {
      if (closed) return;
      closed = true;
      await log.close();
      await lock.release();
    },
  };
};

/** A file's text of JSON that people read. */
export const toText = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
