// A run that goes on: its folder is opened at the last whole checkpoint, once config and log are what they were then.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { LoggedEvent } from "@mlpconv/trainer";
import { openFile } from "@mlpconv/weights/node";
import { parseEvents, parseJson, RunFileError } from "../files/parse.js";
import { type Checkpoint, loadCheckpoint } from "./checkpoint.js";
import { differingField } from "./differing-field.js";
import { CONFIG, filesOfRun, LOG, readText, removeLeftovers, writing } from "./folder-files.js";
import { type LockOptions, lockRun } from "./lock.js";
import { type OpenRun, openRun } from "./open-run.js";
import { RunFolderError } from "./run-folder-error.js";

/** A run that goes on. */
export interface ResumedRun extends OpenRun {
  /** What `createRun` was given. */
  config: Record<string, unknown>;
  /** Undefined when the run was stopped before its first checkpoint: then it begins at the beginning. */
  checkpoint: Checkpoint | undefined;
  /** What was logged up to the checkpoint; the rest is gone from events.jsonl. */
  events: LoggedEvent[];
}

/**
 * Opens the folder of a run that was stopped, at its last checkpoint that is whole.
 *
 * @param warn told about checkpoints that are damaged, and about a lock that was broken
 * @throws RunFolderError when there is no run or another process writes to it; RunFileError when none of its checkpoints is whole, or
 * config.json or events.jsonl is not what it was at the checkpoint. Nothing is changed then.
 */
export const resumeRun = async (
  folder: string,
  warn: (message: string) => void,
  { breakLock = false }: Pick<LockOptions, "breakLock"> = {},
): Promise<ResumedRun> => {
  await readConfig(folder);
  const lock = await writing(() => lockRun(folder, { breakLock, warn }));
  try {
    // Again, because another process may have written it before it gave the lock away.
    const { text, config } = await readConfig(folder);
    const checkpoint = await loadCheckpoint(folder, warn);
    if (checkpoint) checkConfig(folder, config, checkpoint);
    return await writing(async () => {
      const logged = await readLog(folder, checkpoint);
      const events = parseEvents(logged.toString("utf8"), join(folder, LOG));
      const log = await open(join(folder, LOG), "a+");
      try {
        await removeLeftovers(folder);
        await log.truncate(logged.length);
        return { ...openRun({ folder, lock, log, config: text, logged }), config, checkpoint, events };
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

const readConfig = async (folder: string): Promise<{ text: string; config: Record<string, unknown> }> => {
  const path = join(folder, CONFIG);
  if ((await filesOfRun(folder)).length === 0) {
    throw new RunFolderError(
      `resume: expected a run in ${folder}, got a folder in which none was begun; start it without resuming`,
    );
  }
  const text = await readText(path);
  if (text === undefined)
    throw new RunFolderError(`resume: expected ${path}, got none; restore the file, or start a new run`);
  const config = parseJson(text, path);
  if (typeof config === "object" && config !== null && !Array.isArray(config))
    return { text, config: config as Record<string, unknown> };
  throw new RunFileError(
    `run: ${path}: expected an object, got ${text.trim().slice(0, 40)}; restore the file, or start a new run`,
  );
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
