// A learning rate that falls when the accuracy has stopped rising. It depends on the epochs so far, so its state is part of a run's position.
import type { EpochEvent, PlateauState } from "./events.js";
import { selectionAccuracy } from "./stop-rule.js";

/** Options of a learning rate that falls on a plateau. */
export interface PlateauOptions {
  /** Number of epochs without a better accuracy after which the rate falls. */
  epochs: number;
  /** Factor of the rate each time, above 0 and below 1. Default 0.1. */
  factor?: number;
}

/** @throws RangeError for a number of epochs that is not whole, or a factor out of range */
export const checkPlateau = ({ epochs, factor = 0.1 }: PlateauOptions): void => {
  if (!(Number.isInteger(epochs) && epochs > 0))
    throw new RangeError(`train: expected plateau.epochs to be a whole number, at least 1, got ${epochs}`);
  if (!(factor > 0 && factor < 1))
    throw new RangeError(`train: expected plateau.factor to be above 0 and below 1, got ${factor}`);
};

/**
 * The state after an epoch: as PyTorch's `ReduceLROnPlateau` with mode max, threshold 0 and a patience of one epoch less, and as Keras's with the same one.
 * The accuracy is that of the validation examples, or else of the test examples.
 */
export const afterEpoch = (
  { best, waited, factor }: PlateauState = { best: -1, waited: 0, factor: 1 },
  event: EpochEvent,
  options: PlateauOptions,
): PlateauState => {
  const accuracy = selectionAccuracy(event);
  if (accuracy === undefined)
    throw new Error(
      "train: expected a validation or test accuracy in each epoch with plateau, got none; give the option validation or test",
    );
  if (accuracy > best) return { best: accuracy, waited: 0, factor };
  if (waited + 1 < options.epochs) return { best, waited: waited + 1, factor };
  return { best, waited: 0, factor: factor * (options.factor ?? 0.1) };
};
