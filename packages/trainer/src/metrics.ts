// d2l's `accuracy` and `Accumulator`: counts of right answers, and means over what was trained so far.
import { tf } from "@mlpconv/tensor";
import type { Progress } from "./events.js";

/** How many rows of logits have their largest value at the label. */
export const rightAnswers = (logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar =>
  tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), labels), "int32"));

/** Adds up an epoch or a run, batch by batch. */
export class Meter {
  #examples = 0;
  #lossSum = 0;
  #right = 0;
  #seconds = 0;

  /** @param seconds what the training step took: loading and evaluation stay outside */
  add(examples: number, meanLoss: number, right: number, seconds: number): void {
    this.#examples += examples;
    this.#lossSum += meanLoss * examples;
    this.#right += right;
    this.#seconds += seconds;
  }

  means(): Pick<Progress, "loss" | "trainAccuracy" | "examplesPerSecond"> {
    return {
      loss: this.#lossSum / this.#examples,
      trainAccuracy: this.#right / this.#examples,
      examplesPerSecond: this.#examples / this.#seconds,
    };
  }
}
