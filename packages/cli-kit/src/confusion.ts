// Confusion matrix of a model, and the figures that follow from it.
import type { Loader } from "@mlpconv/datasets";
import type { ClassFigures } from "@mlpconv/runs";
import { softmaxCrossEntropy, tf } from "@mlpconv/tensor";

export interface Confusion {
  /** `counts[i][j]` images of class i were predicted as class j. */
  counts: number[][];
  /** Mean cross-entropy in nats. */
  loss: number;
  /** Images seen. */
  examples: number;
}

/**
 * One pass over the loader's images, in order, with dropout off.
 *
 * @throws Error when the model's answers are no numbers
 */
export const confusion = async (
  model: tf.LayersModel,
  loader: Loader,
  { classes, onBatch }: { classes: number; onBatch?: (examples: number) => void },
): Promise<Confusion> => {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let examples = 0;
  let lossSum = 0;
  for await (const { x, y } of loader.epoch(0)) {
    const [loss, taken] = tf.tidy(() => {
      const logits = model.apply(x, { training: false }) as tf.Tensor2D;
      return [softmaxCrossEntropy(logits, y), tf.argMax(logits, 1)] as const;
    });
    const [[mean], labels, guesses] = await Promise.all([loss.data(), y.data(), taken.data()]);
    tf.dispose([x, y, loss, taken]);
    if (!Number.isFinite(mean)) {
      throw new Error(`evaluate: expected a finite loss, got ${mean}: the weights are no use; train again`);
    }
    for (const [i, label] of labels.entries()) counts[label]![guesses[i]!]!++;
    lossSum += mean! * labels.length;
    examples += labels.length;
    onBatch?.(examples);
    await tf.nextFrame();
  }
  return { counts, loss: lossSum / examples, examples };
};

/** The share of the diagonal. */
export const accuracyOf = (counts: readonly (readonly number[])[]): number =>
  sum(counts.map((row, i) => row[i]!)) / sum(counts.map(sum));

/** Each class's figures, in the order of the classes. */
export const classFigures = (
  counts: readonly (readonly number[])[],
  names: readonly string[],
): ClassFigures[] =>
  names.map((name, i) => {
    const right = counts[i]![i]!;
    const examples = sum(counts[i]!);
    return {
      name,
      examples,
      accuracy: share(right, examples),
      precision: share(right, sum(counts.map((row) => row[i]!))),
    };
  });

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
