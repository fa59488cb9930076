// d2l's `accuracy` and `Accumulator`: counts of right answers, and means over what was trained so far.
import { tf } from "@mlpconv/tensor";
import type { Progress, Sums } from "./events.js";

/** How many rows of logits have their largest value at the label. */
export const rightAnswers = (logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar =>
  tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), labels), "int32"));

/** Adds up an epoch or a run, batch by batch. */
export class Meter {
  readonly #sums: Sums;

  /** @param sums where another left off */
  constructor(sums: Readonly<Sums> = { examples: 0, loss: 0, right: 0, seconds: 0 }) {
    this.#sums = { ...sums };
  }

  /** @param seconds what the training step took: loading and evaluation stay outside */
  add(examples: number, meanLoss: number, right: number, seconds: number): void {
    this.#sums.examples += examples;
    this.#sums.loss += meanLoss * examples;
    this.#sums.right += right;
    this.#sums.seconds += seconds;
  }

  sums(): Sums {
    return { ...this.#sums };
  }

  means(): Pick<Progress, "loss" | "trainAccuracy" | "examplesPerSecond"> {
    const { examples, loss, right, seconds } = this.#sums;
    return { loss: loss / examples, trainAccuracy: right / examples, examplesPerSecond: examples / seconds };
  }
}
