// Loss and accuracy of a model on a split: every example counts, the short last batch too.
import type { Batch, Loader } from "@mlpconv/datasets";
import type { tf } from "@mlpconv/tensor";
import { nonFiniteWeight } from "./checks.js";
import { type Group, GroupError, gatherJson, throwIfAnyFailed } from "./group.js";
import { testImages } from "./test-pass.js";

/** Another rank's signal ended an evaluation. */
export class AbortedElsewhere extends GroupError {
  constructor(rank: number) {
    super(rank, "evaluation was aborted by its signal");
  }
}

/** How good a model is on a split. */
export interface Evaluation {
  /** Mean cross-entropy in nats. */
  loss: number;
  /** Share classified correctly, 0 to 1. */
  accuracy: number;
  /** How many were tested. */
  examples: number;
}

/** How an evaluation may be stopped, and who does it. */
export interface EvaluateOptions {
  /** When aborted, evaluation stops and throws the signal's reason. */
  signal?: AbortSignal;
  /** Processes that test together: each takes every n-th batch, and all get the figures of the whole, to the bit those of one process. */
  group?: Group;
}

/**
 * Mean loss and accuracy of the model over one pass of the loader, with dropout off.
 *
 * @throws Error when images or labels do not fit the model, with the example, or there are none, or when the loss is NaN: what is then the
 * largest logit says nothing; of a group, GroupError on every rank when it failed on one
 */
export const evaluate = async (
  model: tf.LayersModel,
  loader: Loader,
  options: EvaluateOptions = {},
): Promise<Evaluation> => {
  const figures = await testFigures(model, loader, options);
  if (!Number.isNaN(figures.loss)) return figures;
  const weight = await nonFiniteWeight(model);
  throw new Error(
    `evaluate: expected logits that are numbers, got a loss of NaN${weight ? ` and ${weight}` : ""}; ` +
      (weight
        ? "load weights of a run that has not diverged"
        : "check the images for values that are not numbers, and the weights for values so large that logits overflow"),
  );
};

/** The figures of `evaluate`, also where the loss is NaN. */
export const testFigures = async (
  model: tf.LayersModel,
  loader: Loader,
  { signal, group }: EvaluateOptions = {},
): Promise<Evaluation> => {
  const { rank = 0, size = 1 } = group ?? {};
  const own = size > 1 ? everyNth(loader, rank, size) : loader;
  const figures: BatchFigures[] = [];
  let failure: unknown;
  try {
    // `train` reports a loss that is not finite with the step that it comes after.
    for await (const batch of testImages(model, own, { where: "evaluate", finite: false, signal })) {
      const { labels, predicted, lossSum } = batch;
      const correct = labels.reduce((sum, label, i) => sum + (predicted[i] === label ? 1 : 0), 0);
      figures.push({ examples: labels.length, lossSum, correct });
    }
  } catch (error) {
    if (!group) throw error;
    failure = error;
  }
  if (group) {
    const aborted = signal?.aborted === true && failure === signal.reason;
    await throwIfAnyFailed(group, aborted ? undefined : failure);
    const by = (await gatherJson(group, aborted)).indexOf(true);
    if (by >= 0) throw aborted ? failure : new AbortedElsewhere(by);
  }

  let examples = 0;
  let lossSum = 0;
  let correct = 0;
  // In the order of the batches, so that the sums are those of one process.
  for (const batch of group ? await gathered(group, figures, loader.batches) : figures) {
    examples += batch.examples;
    lossSum += batch.lossSum;
    correct += batch.correct;
  }
  if (examples === 0) throw new Error("evaluate: expected at least one example, got none");
  return { loss: lossSum / examples, accuracy: correct / examples, examples };
};

interface BatchFigures {
  examples: number;
  lossSum: number;
  correct: number;
}

/** Every n-th batch of a loader, from batch `rank` on. */
const everyNth = (loader: Loader, rank: number, n: number): Loader => {
  async function* epoch(number: number): AsyncGenerator<Batch, void, void> {
    for (let place = rank; place < loader.batches; place += n) {
      for await (const batch of loader.epoch(number, place)) {
        yield batch;
        break;
      }
    }
  }
  return { ...loader, epoch, [Symbol.asyncIterator]: () => epoch(0) };
};

/** The figures of all batches, from the ranks that tested them. */
const gathered = async (
  group: Group,
  own: readonly BatchFigures[],
  batches: number,
): Promise<BatchFigures[]> => {
  const each = Math.ceil(batches / group.size);
  const mine = new Float64Array(3 * each);
  for (const [i, { examples, lossSum, correct }] of own.entries())
    mine.set([examples, lossSum, correct], 3 * i);
  const all = new Float64Array(mine.length * group.size);
  await group.gather(mine, all);
  return Array.from({ length: batches }, (_, batch) => {
    const at = 3 * ((batch % group.size) * each + Math.floor(batch / group.size));
    return { examples: all[at]!, lossSum: all[at + 1]!, correct: all[at + 2]! };
  });
};
