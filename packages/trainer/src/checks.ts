// Checks before training, with errors about options and data instead of a kernel's. As much as possible is checked before the first step.
import type { Batch, Loader } from "@mlpconv/datasets";
import type { tf } from "@mlpconv/tensor";
import { checkPlateau } from "./plateau.js";
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

/** @throws TypeError for what is no loader */
export const checkIsLoader = (where: string, name: string, loader: Loader): void => {
  if (typeof loader?.epoch === "function") return;
  throw new TypeError(
    `${where}: expected ${name} to be a loader, got ${kindOf(loader)}; make one with loader(split, { batchSize })`,
  );
};

/** Checks what TypeScript checks for those who use it. */
const checkKinds = ({ train, test, validation, optimizer, schedule, stopWhen }: TrainOptions): void => {
  checkIsLoader("train", "train", train);
  if (test !== undefined) checkIsLoader("train", "test", test);
  if (validation !== undefined) checkIsLoader("train", "validation", validation);
  if (typeof optimizer?.update !== "function" || typeof optimizer.state !== "function") {
    throw new TypeError(
      `train: expected optimizer to be an optimiser of this package, got ${kindOf(optimizer)}; use for example sgd({ learningRate: 0.1 })`,
    );
  }
  if (stopWhen !== undefined && typeof stopWhen !== "function") {
    throw new TypeError(
      `train: expected stopWhen to be a function of an epoch's event, got ${kindOf(stopWhen)}; use for example earlyStopping(5)`,
    );
  }
  if (schedule !== undefined && typeof schedule !== "function") {
    throw new TypeError(
      `train: expected schedule to be a function of (step, totalSteps), got ${kindOf(schedule)}; use for example cosine()`,
    );
  }
};

const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));

/** @throws RangeError for shards that cannot be divided among the ranks */
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

/** @throws RangeError for a share or a factor that is out of range, or factors that are not one for each class */
const checkLoss = ({ loss = {} }: TrainOptions, classes: number): void => {
  const { labelSmoothing = 0, classWeights } = loss;
  if (!(labelSmoothing >= 0 && labelSmoothing < 1))
    throw new RangeError(
      `train: expected loss.labelSmoothing to be from 0 to below 1, got ${labelSmoothing}`,
    );
  if (classWeights === undefined) return;
  if (classWeights.length !== classes)
    throw new RangeError(
      `train: expected ${classes} loss.classWeights, one for each class, got ${classWeights.length}`,
    );
  const wrong = classWeights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (wrong >= 0)
    throw new RangeError(
      `train: expected loss.classWeights to be at least 0 and finite, got ${classWeights[wrong]} for class ${wrong}`,
    );
};

/**
 * Checks the options of `train`, the model, and what the loaders say of their examples.
 *
 * @throws RangeError for a number out of range or a loader without batches, TypeError for an option of the wrong type, Error for a model that is
 * no classifier, wholly frozen or regularized, or for data that do not fit it
 */
export const checkOptions = (model: tf.LayersModel, options: TrainOptions): void => {
  checkKinds(options);
  const { train, test, validation, epochs, untilEpoch = 1, checkpoint, maxInFlight = 0 } = options;
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new RangeError(`train: expected epochs to be a whole number, at least 1, got ${epochs}`);
  }
  if (!Number.isInteger(untilEpoch) || untilEpoch < 1) {
    throw new RangeError(`train: expected untilEpoch to be a whole number, at least 1, got ${untilEpoch}`);
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
  if (options.plateau) checkPlateau(options.plateau);
  checkShards(options);
  if (train.batches < 1) throw new RangeError("train: expected at least one batch to learn from, got none");
  if (test && test.batches < 1)
    throw new RangeError("train: expected at least one batch to be tested on, got none; leave out test");
  if (options.testOnce && !validation)
    throw new RangeError(
      "train: expected validation with testOnce, got none; give the examples by which choices are made",
    );
  if (validation && validation.batches < 1)
    throw new RangeError("train: expected at least one batch for validation, got none; leave out validation");
  checkClassifier("train", model);
  if (variablesOf(model).length === 0) {
    throw new Error(
      `train: expected a model with weights to train, got ${model.weights.length} weights and each of them frozen; set layer.trainable = true on a layer that is to learn`,
    );
  }
  const regularized = model.layers.find(({ losses }) => losses.length > 0);
  if (regularized) {
    throw new Error(
      `train: expected layers without regularizers, which are not part of its loss, got ${regularized.losses.length} in ${regularized.name}; use the optimizer's weightDecay`,
    );
  }
  checkLoss(options, classesOf(model));
  checkLoader("train", model, train, "");
  if (test) checkLoader("train", model, test, "test ");
  if (validation) checkLoader("train", model, validation, "validation ");
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

/** @throws Error when the loader's examples do not fit the model */
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
 * Checks a batch, for loaders that do not describe their examples.
 *
 * @param batch its number, from 0
 * @param empty whether it may have no example: a shard of a short batch
 * @throws Error when its images or labels do not fit the model
 */
export const checkBatch = async (
  where: string,
  model: tf.LayersModel,
  given: Batch,
  batch: number,
  { empty = false }: { empty?: boolean } = {},
): Promise<void> => {
  if (typeof given !== "object" || given === null)
    throw new TypeError(`${where}: expected an object { x, y } for batch ${batch}, got ${kindOf(given)}`);
  const { x, y, mix } = given;
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
  if (x.shape[0] === 0 && !empty)
    throw new Error(`${where}: expected at least one example in batch ${batch}, got none`);
  // The labels are still on the host, so this waits for no GPU.
  const labels = await y.data();
  const nameOf = (i: number) => `example ${i} of batch ${batch}, both counted from 0`;
  checkLabels(where, labels, classesOf(model), nameOf);
  if (!mix) return;
  for (const [name, values] of Object.entries({ labels: mix.labels, shares: mix.shares })) {
    if (values?.length === x.shape[0]) continue;
    throw new Error(
      `${where}: expected ${x.shape[0]} ${name} in mix of batch ${batch}, one for each image, got ${values?.length ?? "none"}; give one for each`,
    );
  }
  checkLabels(where, mix.labels, classesOf(model), (i) => `the second label of ${nameOf(i)}`);
  for (const [i, share] of mix.shares.entries()) {
    if (share >= 0.5 && share <= 1) continue;
    throw new RangeError(
      `${where}: expected a share from 0.5 to 1 for ${nameOf(i)}, got ${share}; let y have the label with the larger share`,
    );
  }
};

/** @throws RangeError for a learning rate that is negative or not finite after the schedule's factor */
export const checkRate = (rate: number, step: number): void => {
  if (rate >= 0 && rate < Infinity) return;
  throw new RangeError(
    `train: expected a learning rate of at least 0 and finite at step ${step}, got ${rate}; the schedule must give a number of at least 0`,
  );
};

/**
 * Checks at an epoch's end that the loader gave its stated number of batches.
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
 * Looks for weights that are not finite. The loss may not show them: a bias of -Infinity is a channel that a ReLU sets to zero.
 *
 * @returns a description of the first one, for example "NaN in conv2d_1/kernel", or undefined
 */
export const nonFiniteWeight = async (model: tf.LayersModel): Promise<string | undefined> => {
  for (const weight of model.weights) {
    for (const value of await weight.read().data()) {
      if (!Number.isFinite(value)) return `${value} in ${weight.name}`;
    }
  }
  return undefined;
};
