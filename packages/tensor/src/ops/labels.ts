// Checks the labels of the classification loss.

/** @throws RangeError that names the first example whose label is not a whole number from 0 to classes - 1 */
export const checkLabels = (labels: ArrayLike<number>, classes: number): void => {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new RangeError(
      `softmaxCrossEntropy: expected labels from 0 to ${classes - 1}, got ${label} for example ${i}; ` +
        "number the classes from 0, or give the model an output for each class",
    );
  }
};
