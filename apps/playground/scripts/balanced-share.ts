// A share of a split with as many images of each class.
import { imagesAt, type Split } from "@mlpconv/datasets";
import { stream } from "@mlpconv/tensor";

/**
 * @param classes number of classes
 * @param count number of images, as many of each class
 * @param seed decides which images; they stay in the order of the split
 * @throws Error when the count cannot be shared out, or a class has fewer images
 */
export const balancedShare = async (
  split: Split,
  { classes, count, seed }: { classes: number; count: number; seed: number },
): Promise<Split> => {
  const each = count / classes;
  if (!Number.isInteger(each) || each < 1)
    throw new Error(`pack-data: expected a multiple of ${classes} images, got ${count}`);
  const chosen = Array.from({ length: classes }, (_, label) => {
    const indices = Array.from(split.labels.keys()).filter((i) => split.labels[i] === label);
    if (indices.length < each)
      throw new Error(`pack-data: expected ${each} images or more of class ${label}, got ${indices.length}`);
    const order = stream(seed, "share").permutation(indices.length, { block: label });
    return [...order.subarray(0, each)].map((i) => indices[i]!);
  })
    .flat()
    .toSorted((a, b) => a - b);
  const [, ...shape] = split.shape;
  return {
    images: await imagesAt(split, chosen),
    labels: Uint8Array.from(chosen, (i) => split.labels[i]!),
    shape: [count, ...shape],
  };
};
