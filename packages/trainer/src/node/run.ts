// The run folder: what a training run leaves behind, for people, for other programs and for itself to go on from.
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { tf } from "@mlpconv/tensor";
import {
  openFile,
  readText,
  removeTemporaries,
  type SaveModelOptions,
  saveModel,
  saveWeights,
  systemWords,
  writeAtomically,
} from "@mlpconv/weights/node";
import type { LoggedEvent, Position, TrainEvent } from "../events.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { parseEvents, parseJson, RunFileError } from "../run-files/parse.js";
import type { Summary } from "../run-files/summary.js";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { differingField } from "./differing-field.js";
import { lockRun, type RunLock } from "./lock.js";
import { RunFolderError, writing } from "./run-folder-error.js";

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
  /** Others may write to the folder from now on. Calling it again does nothing. */
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

const CONFIG = "config.json";
const LOG = "events.jsonl";

/**
 * Makes the folder of a new run and writes its config.json.
 *
 * @throws RunFolderError when a run was begun there, the folder holds something else or cannot be made
 */
export const createRun = async (folder: string, config: object): Promise<Run> => {
  await checkIsNew(folder);
  return writing(async () => {
    await mkdir(folder, { recursive: true });
    const lock = await lockRun(folder);
    try {
      // Another process may have begun it in the meantime.
      await checkIsNew(folder);
      await removeLeftovers(folder);
      const log = await open(join(folder, LOG), "ax");
      try {
        const text = toText(config);
        // With config.json the run has begun: what a process leaves that is killed before counts as nothing.
        await writeAtomically(join(folder, CONFIG), (file) => file.writeFile(text));
        return openedRun({ folder, lock, log, config: text, hash: createHash("sha256"), logBytes: 0 });
      } catch (error) {
        await log.close();
        await rm(join(folder, LOG), { force: true });
        throw error;
      }
    } catch (error) {
      await lock.release();
      throw error;
    }
  });
};

const checkIsNew = async (folder: string): Promise<void> => {
  const present = await filesOfRun(folder);
  if (present.length === 0) return;
  throw new RunFolderError(
    `run: expected ${folder} to be new, got a folder with ${present.length} entries; choose another name or remove it`,
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

/**
 * Opens the folder of a run that was stopped, at its last checkpoint that is whole.
 *
 * @param warn told about checkpoints that are damaged
 * @throws RunFolderError when there is no run, another process writes to it, or none of its checkpoints is whole; RunFileError when
 * config.json or events.jsonl is not what it was at the checkpoint. Nothing is changed then.
 */
export const resumeRun = async (folder: string, warn: (message: string) => void): Promise<ResumedRun> => {
  await readConfig(folder);
  const lock = await writing(() => lockRun(folder));
  try {
    // Again, because another process may have written it before it gave the lock away.
    const { text, config } = await readConfig(folder);
    const checkpoint = await loadCheckpoint(folder, warn);
    if (checkpoint) checkConfig(folder, config, checkpoint);
    return await writing(async () => {
      const kept = await readLog(folder, checkpoint);
      const { length: logBytes } = kept;
      const events = parseEvents(kept.toString("utf8"), join(folder, LOG));
      const log = await open(join(folder, LOG), "a+");
      try {
        await removeLeftovers(folder);
        await log.truncate(logBytes);
        const hash = createHash("sha256").update(kept);
        return {
          ...openedRun({ folder, lock, log, config: text, hash, logBytes }),
          config,
          checkpoint,
          events,
        };
      } catch (error) {
        await log.close();
        throw error;
      }
    });
  } catch (error) {
    await lock.release();
    throw error;
  }
};

/** @throws RunFileError naming the first field that the config of a stopped run has not as it was */
const checkConfig = (folder: string, config: object, checkpoint: Checkpoint): void => {
  const path = join(folder, CONFIG);
  const differing = differingField(parseJson(checkpoint.config, path), config);
  if (!differing) return;
  const { field, was, is } = differing;
  throw new RunFileError(
    `resume: ${path}, ${field}: expected ${was}, as when the last checkpoint was made, got ${is}; set it back, or start a new run`,
  );
};

/** What the log had at the checkpoint. @throws RunFileError when it is shorter now, or other */
const readLog = async (folder: string, checkpoint: Checkpoint | undefined): Promise<Buffer> => {
  if (!checkpoint) return Buffer.alloc(0);
  const { logBytes, logSha256 } = checkpoint;
  const path = join(folder, LOG);
  const file = await openFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  const bytes = (await file?.readFile().finally(() => file.close())) ?? Buffer.alloc(0);
  const kept = bytes.subarray(0, logBytes);
  if (kept.length < logBytes) {
    throw new RunFileError(
      `resume: ${path}: expected at least ${logBytes} bytes, as when the last checkpoint was made, got ${kept.length}; ` +
        "it was cut or replaced: restore it, or start a new run",
    );
  }
  // Names the line, where one cannot be read.
  parseEvents(`${kept.toString("utf8")}\n`, path);
  if (createHash("sha256").update(kept).digest("hex") === logSha256) return kept;
  throw new RunFileError(
    `resume: ${path}: expected its first ${logBytes} bytes as they were when the last checkpoint was made, got others; ` +
      "it was edited: restore it, or start a new run",
  );
};

interface Opened {
  folder: string;
  lock: RunLock;
  log: FileHandle;
  /** The text of config.json. */
  config: string;
  /** Of the log so far. */
  hash: Hash;
  /** Length of the log so far. */
  logBytes: number;
}

const openedRun = ({ folder, lock, log, config, hash, logBytes }: Opened): Run => {
  let length = logBytes;
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
        length += line.length;
      }),
    saveCheckpoint: (model, optimizer, position) =>
      saving(async () => {
        // What the checkpoint counts on must be on the disk before it is.
        await log.sync();
        const logSha256 = hash.copy().digest("hex");
        await saveCheckpoint(folder, model, optimizer, position, { logBytes: length, logSha256, config });
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

const readConfig = async (folder: string): Promise<{ text: string; config: Record<string, unknown> }> => {
  const path = join(folder, CONFIG);
  if ((await filesOfRun(folder)).length === 0) {
    throw new RunFolderError(
      `resume: expected a run in ${folder}, got a folder in which none was begun; start it without resuming`,
    );
  }
  const text = await readText(path).catch((cause) => {
    throw new RunFolderError(`resume: expected ${path} to be readable, got ${systemWords(cause)}`, { cause });
  });
  const config = parseJson(text, path);
  if (typeof config === "object" && config !== null && !Array.isArray(config))
    return { text, config: config as Record<string, unknown> };
  throw new RunFileError(
    `run: ${path}: expected an object, got ${text.trim().slice(0, 40)}; restore the file, or start a new run`,
  );
};

/** Temporary names of versions that wrote JSON through another library. */
const isLeftover = (name: string): boolean => /^(config|summary)\.json\.\d+$/.test(name);

/** Removes what a killed process was writing. */
const removeLeftovers = async (folder: string): Promise<void> => {
  await removeTemporaries(folder);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const unbegun = name === LOG && (await isEmpty(join(folder, CONFIG)));
    if (isLeftover(name) || unbegun) await rm(path, { force: true });
  }
};

const toText = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
