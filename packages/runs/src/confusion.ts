// The confusion matrix of a pass over test images, and the figures of each class.
import type { TestBatch } from "@mlpconv/trainer";
import type { ClassFigures } from "./files/evaluation.js";

/** `confusion[i][j]` images of class i were predicted as class j. */
export type Confusion = readonly (readonly number[])[];

/** A confusion matrix of zeros, and a function that adds a batch to it. */
export const countConfusion = (classes: number) => {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const add = ({ labels, predicted }: Pick<TestBatch, "labels" | "predicted">): void =>
    labels.forEach((label, i) => {
      confusion[label]![predicted[i]!]!++;
    });
  return { confusion, add };
};

/** Accuracy: the sum of the diagonal divided by the number of images. */
export const accuracyOf = (confusion: Confusion): number =>
  sum(confusion.map((row, i) => row[i]!)) / sum(confusion.map(sum));

/** Figures of each class, in the order of the classes. */
export const classFigures = (confusion: Confusion, names: readonly string[]): ClassFigures[] =>
  names.map((name, i) => {
    const correct = confusion[i]![i]!;
    const examples = sum(confusion[i]!);
    return {
      name,
      examples,
      accuracy: share(correct, examples),
      precision: share(correct, sum(confusion.map((row) => row[i]!))),
    };
  });

/** Mean over the classes of 2 * precision * recall / (precision + recall); classes that no image has and none was predicted as are left out. */
export const macroF1 = (confusion: Confusion): number => {
  const scores = confusion.flatMap((row, i) => {
    const both = sum(row) + sum(confusion.map((other) => other[i]!));
    return both === 0 ? [] : [(2 * row[i]!) / both];
  });
  return sum(scores) / scores.length;
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);

/** Images of one class that were predicted as another. */
export interface ConfusedPair {
  /** The true class, an index. */
  label: number;
  /** The class that they were predicted as, an index. */
  predicted: number;
  /** How many. */
  images: number;
}

/** The mistakes by pair of classes, the most frequent first; equally frequent ones in the order of the classes. */
export const confusedPairs = (confusion: Confusion): ConfusedPair[] =>
  confusion
    .flatMap((row, label) =>
      row.flatMap((images, predicted) =>
        images > 0 && label !== predicted ? [{ label, predicted, images }] : [],
      ),
    )
    .sort((a, b) => b.images - a.images);

/** Indices of the classes, the least accurate first and those without images last; equally accurate ones in the order of the classes. */
export const worstClasses = (classes: readonly Pick<ClassFigures, "accuracy">[]): number[] => {
  const accuracyOf = (i: number) => classes[i]!.accuracy ?? Number.POSITIVE_INFINITY;
  return [...classes.keys()].sort((a, b) => {
    const [x, y] = [accuracyOf(a), accuracyOf(b)];
    return x === y ? a - b : x - y;
  });
};
