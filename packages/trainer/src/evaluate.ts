// Loss and accuracy of a model on a split: every example counts, the short last batch too.
import { type Batch, type Loader, shardBounds } from "@mlpconv/datasets";
import { tf } from "@mlpconv/tensor";
import { checkIsLoader, nonFiniteWeight } from "./checks.js";
import { type Group, GroupError, gatherJson, throwIfAnyFailed } from "./group.js";
import { checkSameBatches } from "./same-options.js";
import { testImages } from "./test-pass.js";

/** Thrown when an evaluation was aborted by another rank's signal. */
export class AbortedElsewhere extends GroupError {
  constructor(rank: number) {
    super(rank, "evaluation was aborted by its signal");
  }
}

/** Result of an evaluation. */
export interface Evaluation {
  /** Mean cross-entropy in nats. */
  loss: number;
  /** Share classified correctly, 0 to 1. */
  accuracy: number;
  /** Number of examples. */
  examples: number;
}

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** When aborted, evaluation stops and throws the signal's reason. */
  signal?: AbortSignal;
  /** Processes that evaluate together. Each takes every n-th batch; all get the total, bit-identical to that of one process. */
  group?: Group;
}

/**
 * Mean loss and accuracy of the model over one pass of the loader, with dropout off.
 *
 * @throws Error when images or labels do not fit the model (with the example), there are none, or the loss is NaN, so that predictions would mean
 * nothing; in a group, GroupError on every rank when one rank fails
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

/** The figures of `evaluate`, without an error when the loss is NaN. */
export const testFigures = async (
  model: tf.LayersModel,
  loader: Loader,
  { signal, group }: EvaluateOptions = {},
): Promise<Evaluation> => {
  const { rank = 0, size = 1 } = group ?? {};
  const figures: BatchFigures[] = [];
  let failure: unknown;
  try {
    checkIsLoader("evaluate", "the second argument", loader);
    const own = size > 1 ? partOf(loader, shardBounds(rank, size, loader.batches)) : loader;
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
    await checkSameBatches(group, loader);
  }

  let examples = 0;
  let lossSum = 0;
  let correct = 0;
  // Added in the order of the batches, so that the sums equal those of one process.
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

/**
 * A rank's part of a loader's batches, which lie one after another. The last rank looks for the loader's end: one that does not skip what it is told
 * to skip, or gives another number of batches than it says, would otherwise be tested in part or twice, without an error.
 */
const partOf = (loader: Loader, [first, end]: readonly [first: number, end: number]): Loader => {
  const { batches } = loader;
  async function* epoch(number: number): AsyncGenerator<Batch, void, void> {
    if (first === end) return;
    let place = first;
    for await (const batch of loader.epoch(number, first)) {
      if (place === end) {
        tf.dispose([batch?.x, batch?.y]);
        throw wrongBatches(`${end - first} batches after the first ${first}, got more`);
      }
      yield batch;
      place++;
      if (place === end && end < batches) return;
    }
    if (place < end) throw wrongBatches(`batches ${first} to ${end - 1}, got ${place - first} of them`);
  }
  return { ...loader, epoch, [Symbol.asyncIterator]: () => epoch(0) };
};

const wrongBatches = (what: string): Error =>
  new Error(
    `evaluate: expected ${what}; epoch(n, skip) of the loader must leave out the first \`skip\` batches, and give \`batches\` of them in all`,
  );

/** The figures of all batches, from the ranks that tested them. */
const gathered = async (
  group: Group,
  own: readonly BatchFigures[],
  batches: number,
): Promise<BatchFigures[]> => {
  const most = Math.ceil(batches / group.size);
  const mine = new Float64Array(3 * most);
  for (const [i, { examples, lossSum, correct }] of own.entries())
    mine.set([examples, lossSum, correct], 3 * i);
  const all = new Float64Array(mine.length * group.size);
  await group.gather(mine, all);
  return Array.from({ length: group.size }, (_, rank) => {
    const [first, end] = shardBounds(rank, group.size, batches);
    return Array.from({ length: end - first }, (__, i) => {
      const at = 3 * (rank * most + i);
      return { examples: all[at]!, lossSum: all[at + 1]!, correct: all[at + 2]! };
    });
  }).flat();
};
