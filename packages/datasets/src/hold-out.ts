// Holds out a share of the training images, so that choices are not made by the test images.
import { stream } from "@mlpconv/tensor";
import type { AnySplit, StreamedSplit } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";
import { imagesAt } from "./images-at.js";

/** The two parts of a split. */
export interface HeldOut {
  /** The examples that are left to learn from. */
  train: StreamedSplit;
  /** The examples that were held out. */
  validation: StreamedSplit;
}

/**
 * Divides a split in two: of each class `share` of its examples is held out, at least one, and at least one is left. Which ones depends on the labels and
 * the seed alone. The images are not copied: both parts read them from `split`.
 *
 * @param share above 0 and below 1
 * @throws DatasetError `option` when the share or the seed is out of its range, or a class has a single example
 */
export const holdOut = (split: AnySplit, share: number, { seed = 0 }: { seed?: number } = {}): HeldOut => {
  if (!(share > 0 && share < 1))
    throw new DatasetError(
      "option",
      `holdOut: expected a share above 0 and below 1, such as 0.1, got ${share}`,
    );
  const byClass = new Map<number, number[]>();
  for (const [i, label] of split.labels.entries()) {
    const indices = byClass.get(label);
    if (indices) indices.push(i);
    else byClass.set(label, [i]);
  }
  const chosen = new Set<number>();
  for (const [label, indices] of byClass) {
    if (indices.length < 2)
      throw new DatasetError(
        "option",
        `holdOut: expected at least 2 training images of each class, got 1 of class ${label}; add images of it, or hold out none`,
      );
    const count = Math.min(indices.length - 1, Math.max(1, Math.round(indices.length * share)));
    const order = stream(seed, "hold out").permutation(indices.length, { block: label });
    for (const place of order.subarray(0, count)) chosen.add(indices[place]!);
  }
  const all = Array.from(split.labels, (_, i) => i);
  return {
    train: partOf(
      split,
      all.filter((i) => !chosen.has(i)),
    ),
    validation: partOf(
      split,
      all.filter((i) => chosen.has(i)),
    ),
  };
};

/** The examples of these indices as a split of their own. */
const partOf = (split: AnySplit, indices: readonly number[]): StreamedSplit => {
  const [, height, width, channels] = split.shape;
  const labels = split.labels.slice(0, indices.length);
  for (const [i, index] of indices.entries()) labels[i] = split.labels[index]!;
  return {
    labels,
    shape: [indices.length, height, width, channels],
    read: (some) =>
      imagesAt(
        split,
        some.map((i) => indices[i]!),
      ),
  };
};
