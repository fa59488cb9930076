// Accuracy of each class, from a confusion matrix.
import type { Evaluation } from "@mlpconv/runs";

/** Share of each class's images that were predicted as this class; null for a class without images. */
export const classAccuracies = ({ confusion }: Evaluation): (number | null)[] =>
  confusion.map((row, i) => {
    const examples = row.reduce((a, b) => a + b, 0);
    return examples > 0 ? row[i]! / examples : null;
  });
