// The run folder: what a training run leaves behind, for people, for other programs and for itself to go on from.
import { type FileHandle, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { tf } from "@mlpconv/tensor";
import { type SaveModelOptions, saveModel, saveWeights } from "@mlpconv/weights/node";
import writeFileAtomic from "write-file-atomic";
import type { LoggedEvent, Position, TrainEvent } from "../events.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { lockRun } from "./lock.js";
import { RunFolderError, writing } from "./run-folder-error.js";

/** summary.json: the figures of a run that ended, well or interrupted. Accuracies are shares, 0 to 1; losses in nats. */
export interface Summary {
  /** The net, by its name in `models`. */
  model: string;
  /** Which preset it was trained by. */
  preset: string;
  /** Which engine computed. */
  engine: string;
  /** The data set's name. */
  dataset: string;
  /** Of weights, shuffling, dropout and mirroring. */
  seed: number;
  /** Epochs that were begun. */
  epochs: number;
  /** Running mean of the last epoch, in nats. */
  loss: number;
  /** Running mean of the last epoch, 0 to 1. */
  trainAccuracy: number;
  /** Null when training was interrupted before a test. */
  testAccuracy: number | null;
  /** Of the whole run, loading and evaluation outside the clock. */
  examplesPerSecond: number;
  /** Trainable numbers. */
  parameters: number;
  /** Wall clock, evaluation included. */
  seconds: number;
  /** The largest resident memory of the process, in bytes. */
  peakRssBytes: number;
  /** Whether it was stopped before its last epoch was done. */
  interrupted: boolean;
}

/** The folder of a run that is open for writing. */
export interface Run {
  /** Its path. */
  readonly folder: string;
  /** Appends a line to events.jsonl, which others may read meanwhile. Checkpoints are no lines of it. */
  record(event: TrainEvent): Promise<void>;
  /** Replaces the checkpoint that `resumeRun` goes on from. */
  saveCheckpoint(model: tf.LayersModel, optimizer: Optimizer, position: Position): Promise<void>;
  /** Replaces <name>.safetensors, which PyTorch opens. */
  saveWeights(name: "last" | "best", model: tf.LayersModel, notes: Record<string, string>): Promise<void>;
  /** Writes model/model.json and model/weights.bin. */
  saveModel(model: tf.LayersModel, options?: SaveModelOptions): Promise<void>;
  /** Writes summary.json. */
  writeSummary(summary: Summary): Promise<void>;
  /** Others may write to the folder from now on. */
  close(): Promise<void>;
}

/** A run that goes on. */
export interface ResumedRun extends Run {
  /** What `createRun` was given. */
  config: Record<string, unknown>;
  /** Undefined when the run was stopped before its first checkpoint: then it begins at the beginning. */
  checkpoint: Checkpoint | undefined;
  /** What was logged up to the checkpoint; the rest is gone from events.jsonl. */
  events: LoggedEvent[];
}

/**
 * Makes the folder of a new run and writes its config.json.
 *
 * @throws RunFolderError when the folder holds something already or cannot be made
 */
export const createRun = async (folder: string, config: object): Promise<Run> => {
  const present = await filesOfRun(folder);
  if (present.length > 0) {
    throw new RunFolderError(
      `run: expected ${folder} to be new, got a folder with ${present.length} entries; choose another name or remove it`,
    );
  }
  return writing(async () => {
    await mkdir(folder, { recursive: true });
    const unlock = await lockRun(folder);
    await writeJson(join(folder, "config.json"), config);
    // Fails when another process made the run in the meantime.
    return openedRun(folder, await open(join(folder, "events.jsonl"), "ax"), 0, unlock);
  });
};

/** What a run has left in its folder so far; a process that died before it wrote anything leaves a lock at most. */
export const filesOfRun = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith("."));

/**
 * Opens the folder of a run that was stopped, at its last checkpoint that is whole.
 *
 * @param warn told about checkpoints that are damaged
 * @throws RunFolderError when there is no run, another process writes to it, or none of its checkpoints is whole
 */
export const resumeRun = async (folder: string, warn: (message: string) => void): Promise<ResumedRun> => {
  const config = await readConfig(folder);
  const unlock = await writing(() => lockRun(folder));
  try {
    await removeLeftovers(folder);
    const checkpoint = await loadCheckpoint(folder, warn);
    const logBytes = checkpoint?.logBytes ?? 0;
    return await writing(async () => {
      const log = await open(join(folder, "events.jsonl"), "a+");
      const { size } = await log.stat();
      if (size < logBytes) {
        throw new Error(
          `events.jsonl has ${size} bytes, the checkpoint was made at ${logBytes}; it was cut or replaced`,
        );
      }
      await log.truncate(logBytes);
      const text = (await readFile(join(folder, "events.jsonl"), "utf8")).trim();
      const events = text === "" ? [] : text.split("\n").map((line) => JSON.parse(line) as LoggedEvent);
      return { ...openedRun(folder, log, logBytes, unlock), config, checkpoint, events };
    });
  } catch (error) {
    await unlock();
    throw error;
  }
};

const openedRun = (folder: string, log: FileHandle, logBytes: number, unlock: () => Promise<void>): Run => {
  let length = logBytes;
  return {
    folder,
    record: (event) =>
      writing(async () => {
        if (event.type === "checkpoint") return;
        const line = Buffer.from(`${JSON.stringify(event)}\n`);
        await log.appendFile(line);
        length += line.length;
      }),
    saveCheckpoint: async (model, optimizer, position) => {
      // What the checkpoint counts on must be on the disk before it is.
      await writing(() => log.sync());
      await saveCheckpoint(folder, model, optimizer, position, length);
    },
    saveWeights: (name, model, metadata) =>
      writing(() => saveWeights(model, join(folder, `${name}.safetensors`), { metadata, checksum: true })),
    saveModel: (model, options) => writing(() => saveModel(model, join(folder, "model"), options)),
    writeSummary: (summary) => writing(() => writeJson(join(folder, "summary.json"), summary)),
    close: async () => {
      await log.close();
      await unlock();
    },
  };
};

const readConfig = async (folder: string): Promise<Record<string, unknown>> => {
  try {
    return JSON.parse(await readFile(join(folder, "config.json"), "utf8")) as Record<string, unknown>;
  } catch (cause) {
    throw new RunFolderError(
      `resume: expected a run in ${folder}, got: ${(cause as Error).message}; name one that was begun`,
      { cause },
    );
  }
};

/** What a killed process was writing. */
const removeLeftovers = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (name.startsWith(".") && name.endsWith(".tmp")) await rm(join(folder, name), { force: true });
  }
};

const writeJson = (path: string, value: object) =>
  writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
