// Probabilities of classes for images of the data set's own shape.

import { loader, testOptions } from "@mlpconv/datasets";
import type { TrainedRun } from "@mlpconv/runs/node";
import { tf } from "@mlpconv/tensor";

export interface Guess {
  class: string;
  /** 0 to 1; all classes' add up to 1. */
  probability: number;
}

/**
 * Each image's classes, the likeliest first; the images go the way that test images go.
 *
 * @param images levels of each, in the shape that the run's data set has
 * @throws Error when the model's answers are no numbers
 */
export const predictions = async (
  { model, config }: Pick<TrainedRun, "model" | "config">,
  images: readonly Uint8Array[],
): Promise<Guess[][]> => {
  if (images.length === 0) return [];
  const { shape, classes } = config.data;
  const length = shape[0] * shape[1] * shape[2];
  const split = {
    images: new Uint8Array(images.length * length),
    labels: new Uint8Array(images.length),
    shape: [images.length, ...shape] as const,
  };
  for (const [i, image] of images.entries()) split.images.set(image, i * length);
  const guesses: Guess[][] = [];
  for await (const { x, y } of loader(split, testOptions(config))) {
    const probabilities = tf.tidy(() => tf.softmax(model.apply(x, { training: false }) as tf.Tensor2D));
    const values = await probabilities.data();
    tf.dispose([x, y, probabilities]);
    if (!values.every(Number.isFinite)) {
      throw new Error("predict: expected probabilities, got none: the weights are no use; train again");
    }
    for (let at = 0; at < values.length; at += classes.length) {
      const row = classes.map((name, i) => ({ class: name, probability: values[at + i]! }));
      guesses.push(row.sort((a, b) => b.probability - a.probability));
    }
  }
  return guesses;
};
