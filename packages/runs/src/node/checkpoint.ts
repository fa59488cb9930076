// A run's state as one safetensors file, so that weights, optimiser and position always belong to the same step. The file is
// replaced atomically, has a checksum that reveals damage, and the previous one is kept.
import { access, rename } from "node:fs/promises";
import { join } from "node:path";
import { tf } from "@mlpconv/tensor";
import { type Optimizer, type Position, variablesOf } from "@mlpconv/trainer";
import { positionSchema } from "@mlpconv/trainer/events";
import {
  type LazyTensor,
  readSafetensorsFile,
  syncFolder,
  systemErrorMessage,
  writeSafetensorsFile,
} from "@mlpconv/weights/node";
import * as v from "valibot";
import { checked, parseJson, RunFileError } from "../files/parse.js";
import { RunFolderError } from "./run-folder-error.js";

const CURRENT = "state.safetensors";
const PREVIOUS = "state.previous.safetensors";
const NEXT = "state.next.safetensors";

/** Number of updates of each trained weight. */
const countsSchema = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));

/** State of the folder's other files at the checkpoint, to detect later edits. */
export interface FolderState {
  /** Length of events.jsonl at the checkpoint. */
  logBytes: number;
  /** SHA-256 of these bytes. */
  logSha256: string;
  /** The text of config.json. */
  config: string;
  /** Its text before the change of settings that the checkpoint was made for; absent for other checkpoints. */
  configBefore?: string;
}

/** A checkpoint that was read and verified. */
export interface Checkpoint extends FolderState {
  /** Position to pass to `train` as `resume`. */
  position: Position;
  /** Restores the weights and the optimiser's state. */
  restore(model: tf.LayersModel, optimizer: Optimizer): void;
}

/** All variables of a checkpoint by their names in the file: weights in the model's order, each followed by the optimiser's state. */
const variables = (model: tf.LayersModel, optimizer: Optimizer): Map<string, tf.Variable> => {
  const lists = {
    weights: model.weights.map((weight) => weight.read() as tf.Variable),
    ...optimizer.state(variablesOf(model)),
  };
  return new Map(
    Object.entries(lists).flatMap(([name, values]) =>
      values.map((variable, i) => [`${name}.${i}`, variable] as const),
    ),
  );
};

/** @throws RunFolderError when writing fails; the previous checkpoint stays */
export const saveCheckpoint = async (
  folder: string,
  model: tf.LayersModel,
  optimizer: Optimizer,
  position: Position,
  { logBytes, logSha256, config, configBefore }: FolderState,
): Promise<void> => {
  const tensors = Array.from(variables(model, optimizer), ([name, variable]): [string, LazyTensor<"F32">] => [
    name,
    { dtype: "F32", shape: variable.shape, data: () => variable.data() as Promise<Float32Array> },
  ]);
  const metadata = {
    position: JSON.stringify(position),
    optimizerStep: String(optimizer.step),
    ...(optimizer.counts && { optimizerCounts: JSON.stringify(optimizer.counts.get(variablesOf(model))) }),
    logBytes: String(logBytes),
    logSha256,
    config,
    ...(configBefore !== undefined && { configBefore }),
  };
  const [current, previous, next] = [CURRENT, PREVIOUS, NEXT].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  try {
    await writeSafetensorsFile(next, tensors, { metadata, checksum: true });
    if (await exists(current)) await rename(current, previous);
    await rename(next, current);
    await syncFolder(folder);
  } catch (cause) {
    throw new RunFolderError(
      `checkpoint: expected ${folder} to take a file, got ${systemErrorMessage(cause)}; the last checkpoint stays: go on with --resume`,
      { cause },
    );
  }
};

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * The newest undamaged checkpoint of the folder; undefined if there are no checkpoints.
 *
 * @param warn called for each damaged one
 * @throws RunFileError when all checkpoints are damaged
 */
export const loadCheckpoint = async (
  folder: string,
  warn: (message: string) => void,
): Promise<Checkpoint | undefined> => {
  const damaged: string[] = [];
  for (const name of [CURRENT, PREVIOUS]) {
    const path = join(folder, name);
    if (!(await exists(path))) continue;
    try {
      const checkpoint = await read(path);
      for (const message of damaged) warn(`${message}; going on from the checkpoint before`);
      return checkpoint;
    } catch (error) {
      damaged.push(`damaged checkpoint: ${(error as Error).message}`);
    }
  }
  if (damaged.length === 0) return undefined;
  throw new RunFileError(
    `resume: expected a checkpoint that is whole in ${folder}, got none: ${damaged.join("; ")}; start a new run`,
  );
};

const read = async (path: string): Promise<Checkpoint> => {
  const { metadata, tensors } = await readSafetensorsFile(path, { checksum: true });
  const { position = "", logBytes, optimizerStep, logSha256, config, configBefore } = metadata;
  if (logSha256 === undefined || config === undefined || ![logBytes, optimizerStep].every(isWhole)) {
    throw new RunFileError(`expected ${path} to be a checkpoint of this version, got other notes in it`);
  }
  const counts =
    metadata.optimizerCounts === undefined
      ? undefined
      : checked(
          countsSchema,
          parseJson(metadata.optimizerCounts, `${path}, optimizerCounts`),
          `${path}, optimizerCounts`,
        );
  return {
    position: checked(positionSchema, parseJson(position, `${path}, position`), `${path}, position`),
    logBytes: Number(logBytes),
    logSha256,
    config,
    ...(configBefore !== undefined && { configBefore }),
    restore: (model, optimizer) => {
      const expected = variables(model, optimizer);
      const differing = [...new Set([...expected.keys(), ...tensors.keys()])].filter(
        (name) => `${expected.get(name)?.shape}` !== `${tensors.get(name)?.shape}`,
      );
      if (differing.length > 0) {
        throw new RunFileError(
          `resume: expected ${path} to hold this model and optimiser, got other tensors: ${differing.slice(0, 6).join(", ")}`,
        );
      }
      for (const [name, variable] of expected) {
        tf.tidy(() =>
          variable.assign(tf.tensor(tensors.get(name)!.data as Float32Array, variable.shape, "float32")),
        );
      }
      optimizer.step = Number(optimizerStep);
      const trained = variablesOf(model);
      optimizer.counts?.set(trained, counts ?? trained.map(() => optimizer.step));
    },
  };
};

const isWhole = (text: string | undefined): boolean => /^\d{1,15}$/.test(text ?? "");
