// Own pictures, split into those that are learned from and those that are not.
import { channelStatistics, type Dataset, fromArrays, imagesAt, type Split } from "@mlpconv/datasets";
import { classNameProblem } from "@mlpconv/datasets/info";
import { stream } from "@mlpconv/tensor";
import type { DataRequest } from "../session.js";
import { notZero } from "./idx-data.js";

/** Share of each class that is kept for testing, and at least one picture. */
const testShare = 0.2;

/** @throws Error when a class has no two pictures, or pixels and labels do not fit each other */
export const ownPictures = async ({
  classes,
  shape,
  images,
  labels,
}: Extract<DataRequest, { source: "pictures" }>): Promise<Dataset> => {
  if (classes.length < 2)
    throw new Error(
      `data: expected at least two classes, got ${classes.length}; add pictures of another kind`,
    );
  for (const name of classes) {
    const problem = classNameProblem(name);
    if (problem) throw new Error(`data: ${problem}; give the class another name`);
  }
  const all = fromArrays(images, labels, shape, { classes });
  const parts = classes.map((name, label) => {
    const own = [...all.labels.keys()].filter((i) => all.labels[i] === label);
    if (own.length < 2)
      throw new Error(
        `data: expected at least two pictures of ${name}, one to learn from and one to test on, got ${own.length}; add some`,
      );
    // A stream for each class, so that pictures of one do not move those of another.
    const order = stream(0, "pictures/test").permutation(own.length, { block: label });
    const tested = Math.min(own.length - 1, Math.max(1, Math.round(testShare * own.length)));
    const mixed = Array.from(order, (i) => own[i]!);
    return { test: mixed.slice(0, tested), train: mixed.slice(tested) };
  });
  const train = await subset(
    all,
    parts.flatMap((part) => part.train),
  );
  const test = await subset(
    all,
    parts.flatMap((part) => part.test),
  );
  const { mean, std } = await channelStatistics(train);
  return {
    name: "pictures",
    classes,
    shape,
    mean,
    std: std.map(notZero),
    source: "own pictures",
    train,
    test,
  };
};

/** The images of these indices in their old order. */
const subset = async (split: Split, indices: readonly number[]): Promise<Split> => {
  const [, height, width, channels] = split.shape;
  const ordered = [...indices].sort((a, b) => a - b);
  return {
    images: await imagesAt(split, ordered),
    labels: Uint16Array.from(ordered, (i) => split.labels[i]!),
    shape: [ordered.length, height, width, channels],
  };
};
