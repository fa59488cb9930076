// What must hold before a step, said in the user's terms and not in a kernel's: as much as can be is checked before the first one.
import type { Batch, Loader } from "@mlpconv/datasets";
import type { tf } from "@mlpconv/tensor";
import type { TrainOptions } from "./train-options.js";
import { variablesOf } from "./train-step.js";

/** The kind of a value for an error: "function", "null", "object with name, step". */
const kindOf = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null)
    return typeof value === "function" ? "a function" : String(value);
  const keys = Object.keys(value).slice(0, 4);
  return keys.length === 0 ? "an empty object" : `an object with ${keys.join(", ")}`;
};

/** Checks what TypeScript checks for those who use it. */
const checkKinds = ({ train, test, optimizer, schedule }: TrainOptions): void => {
  for (const [name, loader] of Object.entries({ train, ...(test !== undefined && { test }) })) {
    if (typeof loader?.epoch === "function") continue;
    throw new TypeError(
      `train: expected ${name} to be a loader, got ${kindOf(loader)}; make one with loader(split, { batchSize })`,
    );
  }
  if (typeof optimizer?.update !== "function" || typeof optimizer.state !== "function") {
    throw new TypeError(
      `train: expected optimizer to be an optimiser of this package, got ${kindOf(optimizer)}; use for example sgd({ learningRate: 0.1 })`,
    );
  }
  if (schedule !== undefined && typeof schedule !== "function") {
    throw new TypeError(
      `train: expected schedule to be a function of (step, totalSteps), got ${kindOf(schedule)}; use for example cosine()`,
    );
  }
};

const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));

/** @throws RangeError for shards that cannot be shared among the ranks */
const checkShards = ({ group, shards = group?.size ?? 1 }: TrainOptions): void => {
  const { size = 1 } = group ?? {};
  if (!isPowerOfTwo(size))
    throw new RangeError(
      `train: expected a group of 1, 2, 4, 8, ... processes, got ${size}; start ${2 ** Math.floor(Math.log2(size))}`,
    );
  if (!Number.isInteger(shards) || !isPowerOfTwo(shards) || shards < size)
    throw new RangeError(
      `train: expected shards to be a power of two, at least ${size}, the number of processes, got ${shards}`,
    );
};

/** @throws RangeError for a number of epochs, steps in flight or between checkpoints, or a loader that cannot train, TypeError for an option of another kind, Error for a model that is no classifier or all frozen, and data that do not fit it */
export const checkOptions = (model: tf.LayersModel, options: TrainOptions): void => {
  checkKinds(options);
  const { train, test, epochs, checkpoint, maxInFlight = 0 } = options;
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new RangeError(`train: expected epochs to be a whole number, at least 1, got ${epochs}`);
  }
  if (!Number.isInteger(maxInFlight) || maxInFlight < 0) {
    throw new RangeError(`train: expected maxInFlight to be a whole number, at least 0, got ${maxInFlight}`);
  }
  const { steps = 1, seconds = 0 } = checkpoint ?? {};
  if (!(steps === Infinity || (Number.isInteger(steps) && steps >= 1))) {
    throw new RangeError(
      `train: expected checkpoint.steps to be a whole number, at least 1, got ${steps}; leave it out for no checkpoints by steps`,
    );
  }
  if (!(seconds >= 0)) {
    throw new RangeError(`train: expected checkpoint.seconds to be at least 0, got ${seconds}`);
  }
  checkShards(options);
  if (train.batches < 1) throw new RangeError("train: expected at least one batch to learn from, got none");
  if (test && test.batches < 1)
    throw new RangeError("train: expected at least one batch to be tested on, got none; leave out test");
  checkClassifier("train", model);
  if (variablesOf(model).length === 0) {
    throw new Error(
      `train: expected a model with weights to train, got ${model.weights.length} weights and each of them frozen; set layer.trainable = true on a layer that is to learn`,
    );
  }
  checkLoader("train", model, train, "");
  if (test) checkLoader("train", model, test, "test ");
};

/** @throws Error when the model does not give [batch, classes] */
export const checkClassifier = (where: string, model: tf.LayersModel): void => {
  const shapes = (tensors: readonly { shape: (number | null)[] }[]) =>
    tensors.map(({ shape }) => `[${shape.map((size) => size ?? "batch")}]`).join(" and ");
  if (model.outputs.length !== 1 || model.outputs[0]!.shape.length !== 2) {
    throw new Error(
      `${where}: expected a model that gives logits [batch, classes], got ${shapes(model.outputs)}`,
    );
  }
  if (model.inputs.length !== 1) {
    throw new Error(`${where}: expected a model with one input, images, got ${shapes(model.inputs)}`);
  }
};

const classesOf = (model: tf.LayersModel): number => model.outputs[0]!.shape[1]!;

/** @throws Error when what a loader tells of its examples does not fit the model */
export const checkLoader = (
  where: string,
  model: tf.LayersModel,
  { imageShape, labels }: Loader,
  what: string,
): void => {
  if (imageShape) checkImages(where, model, imageShape, what);
  if (labels) checkLabels(where, labels, classesOf(model), (i) => `${what}example ${i}`);
};

const checkImages = (where: string, model: tf.LayersModel, got: readonly number[], what: string): void => {
  const expected = model.inputs[0]!.shape.slice(1);
  if (expected.some((side, i) => side !== null && side !== got[i]) || expected.length !== got.length) {
    throw new Error(
      `${where}: expected ${what}images [${expected}] for this model, got [${got}]; give the loader resize: ${expected[0]} or the model inputShape: [${got}]`,
    );
  }
};

const checkLabels = (
  where: string,
  labels: ArrayLike<number>,
  classes: number,
  name: (i: number) => string,
): void => {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new RangeError(
      `${where}: expected labels from 0 to ${classes - 1}, the model's classes, got ${label} for ${name(i)}; ` +
        "number the classes from 0, or give the model an output for each class",
    );
  }
};

/**
 * Checks a batch, for loaders that tell nothing of their examples.
 *
 * @param batch its number, from 0
 * @throws Error when its images or labels do not fit the model
 */
export const checkBatch = async (
  where: string,
  model: tf.LayersModel,
  { x, y }: Batch,
  batch: number,
): Promise<void> => {
  if (!x?.shape || !y?.shape) {
    throw new TypeError(
      `${where}: expected tensors x and y in batch ${batch}, got ${kindOf(x)} and ${kindOf(y)}`,
    );
  }
  checkImages(where, model, x.shape.slice(1), "");
  if (y.dtype !== "int32" || y.rank !== 1 || y.shape[0] !== x.shape[0]) {
    throw new Error(
      `${where}: expected labels int32 [${x.shape[0]}] in batch ${batch}, got ${y.dtype} [${y.shape}]`,
    );
  }
  if (x.shape[0] === 0)
    throw new Error(`${where}: expected at least one example in batch ${batch}, got none`);
  // They come from the host, which still has them: nothing waits for a GPU.
  const labels = await y.data();
  checkLabels(where, labels, classesOf(model), (i) => `example ${i} of batch ${batch}, both counted from 0`);
};

/** @throws RangeError for a learning rate that a schedule has made of an optimiser's and that is no rate */
export const checkRate = (rate: number, step: number): void => {
  if (rate >= 0 && rate < Infinity) return;
  throw new RangeError(
    `train: expected a learning rate of at least 0 and finite at step ${step}, got ${rate}; the schedule must give a number of at least 0`,
  );
};

/**
 * Checks at an epoch's end that its loader gave as many batches as it said.
 *
 * @throws Error when it gave more or fewer
 */
export const checkEpoch = (epoch: number, { batches }: Loader, got: number): void => {
  if (got === batches) return;
  throw new Error(
    `train: expected ${batches} batches in epoch ${epoch}, the loader's number, got ${got}; give the loader the number that its epochs have`,
  );
};

/**
 * Looks for weights that are not finite. They may leave the loss as it is: a bias of -Infinity is a channel that a ReLU turns off.
 *
 * @returns the first one, for example "NaN in conv2d_1/kernel", or undefined
 */
export const nonFiniteWeight = async (model: tf.LayersModel): Promise<string | undefined> => {
  for (const weight of model.weights) {
    for (const value of await weight.read().data()) {
      if (!Number.isFinite(value)) return `${value} in ${weight.name}`;
    }
  }
  return undefined;
};
