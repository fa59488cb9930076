// The tests after an epoch: of validation and test examples, with the weights and with their averages.
import type { Loader } from "@mlpconv/datasets";
import type { tf } from "@mlpconv/tensor";
import { AbortedElsewhere, type Evaluation, testFigures } from "./evaluate.js";
import type { EpochEvent } from "./events.js";
import type { Group } from "./group.js";
import type { TrainOptions } from "./train-options.js";
import { withAverages } from "./with-averages.js";

/** What the tests after an epoch gave. */
export interface EpochTests {
  /** The figures of the tests that were done, as an epoch's event has them. */
  figures: Partial<EpochEvent>;
  /** Whether all of them were done: false where a signal ended them. */
  complete: boolean;
  /** The first loss of the weights themselves that is not finite; no test was done after it. */
  nonFinite?: { of: Tested; loss: number };
}

/** Examples that a model is tested on. */
export type Tested = "validation" | "test";

/**
 * Tests the model on the validation and test examples that there are. A signal ends that without an error.
 *
 * @param parts which of them
 * @param group the processes that test together; undefined for a single one
 */
export const testEpoch = async (
  model: tf.LayersModel,
  { optimizer, signal, ...options }: TrainOptions,
  group: Group | undefined,
  parts: readonly Tested[] = ["validation", "test"],
): Promise<EpochTests> => {
  let figures: EpochTests["figures"] = {};
  for (const of of parts) {
    const loader = options[of];
    if (!loader) continue;
    const tested = await evaluateUnlessAborted(model, loader, signal, group);
    if (!tested) return { figures, complete: false };
    const { accuracy, loss } = tested;
    if (!Number.isFinite(loss)) return { figures, complete: false, nonFinite: { of, loss } };
    figures = {
      ...figures,
      ...(of === "test"
        ? { testAccuracy: accuracy, testLoss: loss }
        : { validationAccuracy: accuracy, validationLoss: loss }),
    };
    if (!optimizer.averages) continue;
    const averaged = await withAverages(model, optimizer, () =>
      evaluateUnlessAborted(model, loader, signal, group),
    );
    if (!averaged) return { figures, complete: false };
    figures = {
      ...figures,
      ...(of === "test"
        ? { averageTestAccuracy: averaged.accuracy, averageTestLoss: averaged.loss }
        : { averageValidationAccuracy: averaged.accuracy, averageValidationLoss: averaged.loss }),
    };
  }
  return { figures, complete: true };
};

const evaluateUnlessAborted = async (
  model: tf.LayersModel,
  loader: Loader,
  signal: AbortSignal | undefined,
  group: Group | undefined,
): Promise<Evaluation | undefined> => {
  try {
    return await testFigures(model, loader, { ...(signal && { signal }), ...(group && { group }) });
  } catch (error) {
    // All ranks of a group must end in the same way, even if their signals come at different times.
    const aborted = group
      ? error instanceof AbortedElsewhere || (signal?.aborted === true && error === signal.reason)
      : signal?.aborted === true;
    if (aborted) return undefined;
    throw error;
  }
};
