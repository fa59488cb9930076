// Probabilities of classes for images of the data set's own shape.

import { loader, testOptions } from "@mlpconv/datasets";
import type { TrainedRun } from "@mlpconv/runs/node";
import { logitsOf, probabilities, testImages } from "@mlpconv/trainer";

/** A class and how likely it is. */
export interface Prediction {
  class: string;
  /** 0 to 1; all classes' add up to 1. */
  probability: number;
}

/** A picture and the classes that it is predicted as. */
export interface ImagePrediction {
  file: string;
  inverted: boolean;
  /** The three likeliest classes. */
  top: Prediction[];
  /** The class that the picture's folder says, where it is named after one. */
  label?: string;
}

/**
 * Each image's classes, the likeliest first; the images go the way that test images go.
 *
 * @param images levels of each, in the shape that the run's data set has
 * @throws Error when the model gives numbers that are not finite
 */
export const predictions = async (
  { model, config }: Pick<TrainedRun, "model" | "config">,
  images: readonly Uint8Array[],
): Promise<Prediction[][]> => {
  if (images.length === 0) return [];
  const { shape, classes } = config.data;
  const length = shape[0] * shape[1] * shape[2];
  const split = {
    images: new Uint8Array(images.length * length),
    // Placeholders: the true classes are unknown, and the loss only shows whether the logits are finite.
    labels: new Uint8Array(images.length),
    shape: [images.length, ...shape] as const,
  };
  for (const [i, image] of images.entries()) split.images.set(image, i * length);
  const predictions: Prediction[][] = [];
  for await (const batch of testImages(model, loader(split, testOptions(config)), { where: "predict" })) {
    for (const i of batch.labels.keys()) {
      const shares = probabilities(logitsOf(batch, i));
      const each = classes.map((name, c): Prediction => ({ class: name, probability: shares[c]! }));
      predictions.push(each.sort((a, b) => b.probability - a.probability));
    }
  }
  return predictions;
};
