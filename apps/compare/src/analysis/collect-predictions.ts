// One pass over the test images: what the net takes each for and how sure it is, and its class maps where it has some.
import type { Loader } from "@mlpconv/datasets";
import { softmaxCrossEntropy, tf } from "@mlpconv/tensor";
import { classMapModel } from "./class-map-model.js";

export interface Guess {
  label: number;
  /** The class with the highest logit. */
  predicted: number;
  /** Of that class, 0 to 1. */
  probability: number;
}

interface ClassMaps {
  side: number;
  /** By class, `side * side` values row by row. */
  maps: number[][];
}

export interface TestLook {
  /** In the order of the test images. */
  guesses: Guess[];
  /** Mean cross-entropy in nats. */
  loss: number;
  /** Of nets that end in global average pooling, by index in the test set. */
  classMaps?: Map<number, ClassMaps>;
  /** Of such nets: the share of images whose true class has the map with the highest mean. Equal to the accuracy, because that mean is the logit. */
  highestMapIsTrue?: number;
}

export interface LookOptions {
  /** Whose maps are kept. */
  wanted: ReadonlySet<number>;
  onBatch?: (examples: number) => void;
}

/**
 * Dropout is off, images come in order.
 *
 * @throws Error when the model's answers are no numbers
 */
export const lookAtTests = async (
  model: tf.LayersModel,
  loader: Loader,
  { wanted, onBatch }: LookOptions,
): Promise<TestLook> => {
  const parts = classMapModel(model);
  const guesses: Guess[] = [];
  const classMaps = new Map<number, ClassMaps>();
  let lossSum = 0;
  let highest = 0;
  for await (const { x, y } of loader.epoch(0)) {
    const first = guesses.length;
    const [probabilities, loss, maps] = tf.tidy(() => {
      const maps = parts?.maps(x);
      const logits =
        maps && parts ? parts.logits(maps) : (model.apply(x, { training: false }) as tf.Tensor2D);
      return [tf.softmax(logits), softmaxCrossEntropy(logits, y), maps] as const;
    });
    const [[mean], labels, shares] = await Promise.all([loss.data(), y.data(), probabilities.data()]);
    if (!Number.isFinite(mean))
      throw new Error(`report: expected a finite loss, got ${mean}: the weights are no use; train again`);
    lossSum += mean! * labels.length;
    const classes = shares.length / labels.length;
    for (const [i, label] of labels.entries()) {
      const own = shares.subarray(i * classes, (i + 1) * classes);
      const predicted = own.indexOf(Math.max(...own));
      guesses.push({ label, predicted, probability: own[predicted]! });
    }
    if (maps) {
      const values = await maps.data();
      const [, side] = maps.shape;
      for (const [i, label] of labels.entries()) {
        const own = perClass(values as Float32Array, i, side, classes);
        const means = own.map((map) => map.reduce((a, b) => a + b, 0) / map.length);
        if (means.indexOf(Math.max(...means)) === label) highest++;
        if (wanted.has(first + i)) classMaps.set(first + i, { side, maps: own });
      }
    }
    tf.dispose([x, y, probabilities, loss, ...(maps ? [maps] : [])]);
    onBatch?.(guesses.length);
    await tf.nextFrame();
  }
  const look = { guesses, loss: lossSum / guesses.length };
  return parts ? { ...look, classMaps, highestMapIsTrue: highest / guesses.length } : look;
};

/** The maps of the i-th image, from values in which the class changes fastest. */
const perClass = (values: Float32Array, i: number, side: number, classes: number): number[][] =>
  Array.from({ length: classes }, (_, c) =>
    Array.from({ length: side * side }, (_, at) => values[(i * side * side + at) * classes + c]!),
  );
