// d2l's `accuracy` and `Accumulator`: numbers of correct predictions, and running means.
import { tf } from "@mlpconv/tensor";
import type { Progress, Sums } from "./events.js";

/** Number of rows of logits whose largest value is at the label. */
export const rightAnswers = (logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar =>
  tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), labels), "int32"));

/** Adds up an epoch or a run, batch by batch. */
export class Meter {
  readonly #sums: Sums;

  /** @param sums to continue from */
  constructor(sums: Readonly<Sums> = { examples: 0, loss: 0, right: 0, seconds: 0 }) {
    this.#sums = { ...sums };
  }

  /** @param seconds duration of the training step, without loading and evaluation */
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
