// evaluation.json: what is drawn of it.
import type { Evaluation } from "@mlpconv/trainer/run-files";

export type { Evaluation };

/** The share of each class's images that were predicted as it; null for a class without images. */
export const classAccuracies = ({ confusion }: Evaluation): (number | null)[] =>
  confusion.map((row, i) => {
    const examples = row.reduce((a, b) => a + b, 0);
    return examples > 0 ? row[i]! / examples : null;
  });
