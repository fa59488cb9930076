// One pass over test images: what a model gives for each, with dropout off and in the loader's order. Whatever tests a model counts from this.
import type { Batch, Loader } from "@mlpconv/datasets";
import { softmaxCrossEntropy, tf } from "@mlpconv/tensor";
import { checkBatch, checkClassifier, checkIsLoader, checkLoader } from "./checks.js";
import { nextTask } from "./next-task.js";

/** A model's results for a batch of test images, as plain numbers: there are no tensors to dispose. */
export interface TestBatch {
  /** Index of its first image in the pass, from 0. */
  first: number;
  /** The true classes. */
  labels: Int32Array;
  /** The class with the highest logit for each image; the first one if several are equal. */
  predicted: Int32Array;
  /** Logits, `classes` for each image. */
  logits: Float32Array;
  /** Number of logits of each image. */
  classes: number;
  /** Sum of the cross-entropy over the batch, in nats. */
  lossSum: number;
  /** Output of `through.features` in row-major order; absent without `through`. */
  features?: { values: Float32Array; shape: readonly number[] };
}

/** A model in two parts, to get the values between them. */
export interface SplitModel {
  /** The first part: images [B, H, W, C] to features. */
  features(x: tf.Tensor4D): tf.Tensor;
  /** The second part: features to logits [B, classes]. */
  logits(features: tf.Tensor): tf.Tensor2D;
}

/** Options of `testImages`. */
export interface TestPassOptions {
  /** The name with which errors begin. Default "test". */
  where?: string;
  /** The model in two parts: the pass also gives the features between them. */
  through?: SplitModel | undefined;
  /** Whether a loss that is not finite is an error. Default true. */
  finite?: boolean;
  /** When aborted, the pass stops after the batch and throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * One pass of the model over the loader's images, batch by batch. All tensors are disposed, also when the caller stops early.
 *
 * @throws Error when images or labels do not fit the model, with the example, or the loss is not finite
 */
export async function* testImages(
  model: tf.LayersModel,
  loader: Loader,
  { where = "test", through, finite = true, signal }: TestPassOptions = {},
): AsyncGenerator<TestBatch, void, undefined> {
  checkIsLoader(where, "the second argument", loader);
  checkClassifier(where, model);
  checkLoader(where, model, loader, "");
  let first = 0;
  let batch = 0;
  for await (const given of loader.epoch(0)) {
    const tested = await testBatch(model, given, { where, through, batch: batch++ }).finally(() =>
      tf.dispose([given?.x, given?.y]),
    );
    const { labels, lossSum } = tested;
    if (finite && !Number.isFinite(lossSum)) {
      throw new Error(
        `${where}: expected a finite loss, got ${lossSum}: the weights hold numbers that are not finite or too large; train again`,
      );
    }
    yield { first, ...tested };
    first += labels.length;
    await nextTask();
    signal?.throwIfAborted();
  }
}

const testBatch = async (
  model: tf.LayersModel,
  given: Batch,
  { where, through, batch }: { where: string; through: SplitModel | undefined; batch: number },
): Promise<Omit<TestBatch, "first">> => {
  await checkBatch(where, model, given, batch);
  const { x, y, mix } = given;
  if (mix)
    throw new Error(
      `${where}: expected images as they are, got averages of two in batch ${batch}; give a loader without mixup`,
    );
  // Before anything is computed from them: later they would be read from the GPU.
  const labels = Int32Array.from(await y.data());
  const tensors = tf.tidy(() => {
    const features = through?.features(x);
    const logits =
      features && through ? through.logits(features) : (model.apply(x, { training: false }) as tf.Tensor2D);
    return { logits, loss: softmaxCrossEntropy(logits, y), ...(features && { features }) };
  });
  try {
    const [logits, [mean], features] = await Promise.all([
      tensors.logits.data<"float32">(),
      tensors.loss.data(),
      tensors.features?.data<"float32">(),
    ]);
    const classes = tensors.logits.shape[1];
    return {
      labels,
      predicted: labels.map((_, i) => indexOfHighest(logitsOf({ logits, classes }, i))),
      logits,
      classes,
      lossSum: mean! * labels.length,
      ...(features && { features: { values: features, shape: tensors.features!.shape } }),
    };
  } finally {
    tf.dispose(tensors);
  }
};

const indexOfHighest = (values: Float32Array): number => {
  let highest = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[highest]!) highest = i;
  return highest;
};

/** Softmax of one image's logits: the class probabilities, which add up to 1. */
export const probabilities = (logits: ArrayLike<number>): number[] => {
  const values = Array.from(logits);
  const highest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
};

/** The logits of the i-th image of a batch. */
export const logitsOf = ({ logits, classes }: Pick<TestBatch, "logits" | "classes">, i: number) =>
  logits.subarray(i * classes, (i + 1) * classes);
