// Rules that end training before its last epoch, and early stopping, the best known of them.
import type { EpochEvent, LoggedEvent } from "./events.js";
import { type Group, gatherJson } from "./group.js";

/**
 * Says after an epoch why training ends here, in words for the log; undefined: it goes on. A run that is resumed asks again about the last epoch that it
 * has trained, so that the answer to the same epoch must be the same.
 */
export type StopRule = (epoch: EpochEvent) => string | undefined;

/** The answer of the rule; in a group rank 0's, so that all ranks end after the same epoch. */
export const stopReason = async (
  rule: StopRule | undefined,
  epoch: EpochEvent,
  group: Group | undefined,
): Promise<string | undefined> => {
  if (!rule) return undefined;
  const answer = rule(epoch);
  if (!group) return answer;
  const [first] = await gatherJson(group, answer ?? null);
  return first ?? undefined;
};

/** The accuracy by which epochs are compared: that of the validation images or, where there are none, of the test images; undefined where nothing was tested. */
export const selectionAccuracy = ({
  validationAccuracy,
  testAccuracy,
}: Pick<EpochEvent, "validationAccuracy" | "testAccuracy">): number | undefined =>
  validationAccuracy ?? testAccuracy;

/**
 * Early stopping, Keras's and timm's patience: ends training when the accuracy on the validation images, or else on the test images, has not risen above
 * its best for `epochs` epochs.
 *
 * @param before events of the run so far, where it is resumed; a change of its settings begins the count anew
 * @throws RangeError for a number of epochs that is not whole or not above 0
 */
export const earlyStopping = (epochs: number, before: readonly LoggedEvent[] = []): StopRule => {
  if (!(Number.isInteger(epochs) && epochs > 0))
    throw new RangeError(`earlyStopping: expected epochs to be a whole number, at least 1, got ${epochs}`);
  let best = { epoch: 0, accuracy: -1 };
  let seen = 0;
  let countsFrom = 0;
  const see = (event: EpochEvent) => {
    if (event.epoch <= seen) return;
    const accuracy = selectionAccuracy(event);
    if (accuracy === undefined)
      throw new Error(
        "earlyStopping: expected a validation or test accuracy in each epoch, got none; give train the option validation or test",
      );
    seen = event.epoch;
    if (accuracy <= best.accuracy) return;
    best = { epoch: seen, accuracy };
    countsFrom = seen;
  };
  for (const event of before) {
    if (event.type === "epoch") see(event);
    if (event.type === "change") countsFrom = seen;
  }
  return (event) => {
    see(event);
    if (seen - countsFrom < epochs) return undefined;
    const images = event.validationAccuracy === undefined ? "test" : "validation";
    return `no better ${images} accuracy than ${best.accuracy.toFixed(3)} of epoch ${best.epoch} in ${epochs} ${epochs === 1 ? "epoch" : "epochs"}`;
  };
};
