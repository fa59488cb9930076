// A run's state as one safetensors file, so that weights, optimiser and position are of the same moment whatever happens: it is
// replaced in one step, its checksum tells a damaged one, and the one before is kept.
import { access, rename } from "node:fs/promises";
import { join } from "node:path";
import { tf } from "@mlpconv/tensor";
import { type Optimizer, type Position, variablesOf } from "@mlpconv/trainer";
import { positionSchema } from "@mlpconv/trainer/events";
import {
  type LazyTensor,
  readSafetensorsFile,
  syncFolder,
  systemWords,
  writeSafetensorsFile,
} from "@mlpconv/weights/node";
import * as v from "valibot";
import { checked, parseJson, RunFileError } from "../files/parse.js";
import { RunFolderError } from "./run-folder-error.js";

const CURRENT = "state.safetensors";
const PREVIOUS = "state.previous.safetensors";
const NEXT = "state.next.safetensors";

/** Updates of each trained weight. */
const countsSchema = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));

/** What a checkpoint says of the folder's other files, so that an edited one is noticed. */
export interface FolderState {
  /** Length of events.jsonl at that moment. */
  logBytes: number;
  /** SHA-256 of these bytes. */
  logSha256: string;
  /** The text of config.json. */
  config: string;
}

/** What was saved, read back and found whole. */
export interface Checkpoint extends FolderState {
  /** What `train` takes as `resume`. */
  position: Position;
  /** Sets weights and optimiser to what they were. */
  restore(model: tf.LayersModel, optimizer: Optimizer): void;
}

/** What there is to save or to set, by its name in the file: weights in the model's order, the optimiser's memory of each beside them. */
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

/** @throws RunFolderError when the disk refuses; the checkpoint that was there stays */
export const saveCheckpoint = async (
  folder: string,
  model: tf.LayersModel,
  optimizer: Optimizer,
  position: Position,
  { logBytes, logSha256, config }: FolderState,
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
      `checkpoint: expected ${folder} to take a file, got ${systemWords(cause)}; the last checkpoint stays: go on with --resume`,
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
 * The newest checkpoint of the folder that is whole; undefined when there never was one.
 *
 * @param warn told about each that is damaged
 * @throws RunFileError when there are some and none is whole
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
  const { position = "", logBytes, optimizerStep, logSha256, config } = metadata;
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
