// evaluation.json: the part of it that is drawn.

/** How good a run's weights are on the test images. */
export interface Evaluation {
  /** Which of the run's weights: "best", "last". */
  weights?: string | undefined;
  /** Share of the test images classified right, 0 to 1. */
  accuracy: number;
  /** Mean over the test images, in nats. */
  loss: number;
  /** In the order of the labels. */
  classes: { name: string }[];
  /** `confusion[i][j]` images of class i were taken for class j. */
  confusion: number[][];
}

/** The share of each class's images that were taken for it; null for a class without images. */
export const classAccuracies = ({ confusion }: Evaluation): (number | null)[] =>
  confusion.map((row, i) => {
    const examples = row.reduce((a, b) => a + b, 0);
    return examples > 0 ? row[i]! / examples : null;
  });
