// Resumes a run: opens its folder at the last undamaged checkpoint, after checking that config and log are unchanged since then.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { LoggedEvent } from "@mlpconv/trainer";
import { openFile, writeAtomically } from "@mlpconv/weights/node";
import { parseEvents, parseJson, RunFileError } from "../files/parse.js";
import { type Checkpoint, loadCheckpoint } from "./checkpoint.js";
import { differingField } from "./differing-field.js";
import { CONFIG, filesOfRun, LOG, readRunText, removeLeftovers, writing } from "./folder-files.js";
import { type LockOptions, lockRun } from "./lock.js";
import { type OpenRun, openRun } from "./open-run.js";
import { RunFolderError } from "./run-folder-error.js";

/** A resumed run. */
export interface ResumedRun extends OpenRun {
  /** The configuration that `createRun` was given. */
  config: Record<string, unknown>;
  /** Undefined if the run was stopped before its first checkpoint: then it starts from the beginning. */
  checkpoint: Checkpoint | undefined;
  /** Events up to the checkpoint; later ones are removed from events.jsonl when the first new one is recorded. */
  events: LoggedEvent[];
}

/**
 * Opens the folder of a stopped run at its last undamaged checkpoint.
 *
 * @param warn called for damaged checkpoints and for a lock that was broken
 * @throws RunFolderError when there is no run or another process writes to it; RunFileError when all its checkpoints are damaged, or
 * config.json or events.jsonl has changed since the checkpoint. Nothing is changed then.
 */
export const resumeRun = async (
  folder: string,
  warn: (message: string) => void,
  { breakLock = false }: Pick<LockOptions, "breakLock"> = {},
): Promise<ResumedRun> => {
  await readConfig(folder);
  const lock = await writing(() => lockRun(folder, { breakLock, warn }));
  try {
    // Read again, because another process may have written it before it released the lock.
    const found = await readConfig(folder);
    const checkpoint = await loadCheckpoint(folder, warn);
    const { text, config } = await afterChange(folder, found, checkpoint);
    if (checkpoint) checkConfig(folder, config, checkpoint);
    return await writing(async () => {
      const logged = await readLog(folder, checkpoint);
      const events = parseEvents(logged.toString("utf8"), join(folder, LOG));
      const log = await open(join(folder, LOG), "a+");
      try {
        await removeLeftovers(folder);
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
  const text = await readRunText(path);
  if (text === undefined)
    throw new RunFolderError(`resume: expected ${path}, got none; restore the file, or start a new run`);
  const config = parseJson(text, path);
  if (typeof config === "object" && config !== null && !Array.isArray(config))
    return { text, config: config as Record<string, unknown> };
  throw new RunFileError(
    `run: ${path}: expected an object, got ${text.trim().slice(0, 40)}; restore the file, or start a new run`,
  );
};

/** Ends a change of settings that was cut short: its checkpoint was written, and config.json was not. */
const afterChange = async (
  folder: string,
  found: { text: string; config: Record<string, unknown> },
  checkpoint: Checkpoint | undefined,
): Promise<{ text: string; config: Record<string, unknown> }> => {
  if (!checkpoint || checkpoint.configBefore !== found.text) return found;
  await writing(() => writeAtomically(join(folder, CONFIG), (file) => file.writeFile(checkpoint.config)));
  return readConfig(folder);
};

/** @throws RunFileError naming the first field of config.json that has changed since the checkpoint */
const checkConfig = (folder: string, config: object, checkpoint: Checkpoint): void => {
  const path = join(folder, CONFIG);
  const differing = differingField(parseJson(checkpoint.config, path), config);
  if (!differing) return;
  const { field, was, is } = differing;
  throw new RunFileError(
    `resume: ${path}, ${field}: expected ${was}, as when the last checkpoint was made, got ${is}; set it back, or start a new run`,
  );
};

/** The log up to the checkpoint. @throws RunFileError when it is shorter now or its contents have changed */
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
  // Throws an error with the line number if a line is invalid.
  parseEvents(`${kept.toString("utf8")}\n`, path);
  if (createHash("sha256").update(kept).digest("hex") === logSha256) return kept;
  throw new RunFileError(
    `resume: ${path}: expected its first ${logBytes} bytes as they were when the last checkpoint was made, got others; ` +
      "it was edited: restore it, or start a new run",
  );
};
