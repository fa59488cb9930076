// The run folder: what a training run leaves behind, for people and for other programs.
import { type FileHandle, mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { tf } from "@mlpconv/tensor";
import { saveModel } from "@mlpconv/weights/node";
import writeFileAtomic from "write-file-atomic";
import type { TrainEvent } from "../events.js";

/** summary.json: the figures of a run that ended, well or interrupted. Accuracies are shares, 0 to 1; losses in nats. */
export interface Summary {
  model: string;
  preset: string;
  engine: string;
  dataset: string;
  seed: number;
  /** Epochs that were begun. */
  epochs: number;
  loss: number;
  trainAccuracy: number;
  /** Null when training was interrupted before a test. */
  testAccuracy: number | null;
  examplesPerSecond: number;
  parameters: number;
  /** Wall clock, evaluation included. */
  seconds: number;
  /** The largest resident memory of the process, in bytes. */
  peakRssBytes: number;
  interrupted: boolean;
}

export interface Run {
  readonly folder: string;
  /** Appends a line to events.jsonl, which others may read meanwhile. */
  record(event: TrainEvent): Promise<void>;
  /** Writes model/model.json and model/weights.bin. */
  saveModel(model: tf.LayersModel): Promise<void>;
  /** Writes summary.json. */
  writeSummary(summary: Summary): Promise<void>;
  close(): Promise<void>;
}

/** A run folder cannot be made. */
export class RunFolderError extends Error {
  override readonly name = "RunFolderError";
}

/**
 * Makes the folder of a new run and writes its config.json.
 *
 * @throws RunFolderError when the folder holds something already or cannot be made
 */
export const createRun = async (folder: string, config: object): Promise<Run> => {
  const present = await readdir(folder).catch(() => []);
  if (present.length > 0) {
    throw new RunFolderError(
      `run: expected ${folder} to be new, got a folder with ${present.length} entries; choose another name or remove it`,
    );
  }
  let events: FileHandle;
  try {
    await mkdir(folder, { recursive: true });
    await writeJson(join(folder, "config.json"), config);
    // Fails when another process made the run in the meantime.
    events = await open(join(folder, "events.jsonl"), "ax");
  } catch (cause) {
    throw new RunFolderError(`run: expected a folder that can be written, got: ${(cause as Error).message}`, {
      cause,
    });
  }
  return {
    folder,
    record: (event) => events.appendFile(`${JSON.stringify(event)}\n`),
    saveModel: (model) => saveModel(model, join(folder, "model")),
    writeSummary: (summary) => writeJson(join(folder, "summary.json"), summary),
    close: () => events.close(),
  };
};

const writeJson = (path: string, value: object) =>
  writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
