// The confusion matrix of a pass over test images, and each class's figures from it.
import type { TestBatch } from "@mlpconv/trainer";
import type { ClassFigures } from "./files/evaluation.js";

/** `confusion[i][j]` images of class i were predicted as class j. */
export type Confusion = readonly (readonly number[])[];

/** A matrix of zeros, and what counts a batch into it. */
export const countConfusion = (classes: number) => {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const add = ({ labels, predicted }: Pick<TestBatch, "labels" | "predicted">): void =>
    labels.forEach((label, i) => {
      confusion[label]![predicted[i]!]!++;
    });
  return { confusion, add };
};

/** Share of the diagonal: images predicted as what they are. */
export const accuracyOf = (confusion: Confusion): number =>
  sum(confusion.map((row, i) => row[i]!)) / sum(confusion.map(sum));

/** Each class's figures, in the order of the classes. */
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

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
