// A stream of training steps of one benchmark case, on batches that are already loaded.
import type { Batch, Loader } from "@mlpconv/datasets";
import { stream, tf } from "@mlpconv/tensor";
import { sgd, train } from "@mlpconv/trainer";
import type { Case } from "./cases.js";

/** Yields the seconds that each step took. */
export async function* trainSteps(
  { build, size }: Pick<Case, "build" | "size">,
  batch: number,
  steps: number,
  maxInFlight = 0,
): AsyncGenerator<number> {
  const x = tf.tensor4d(stream(0, "pixels").uniform(batch * size * size), [batch, size, size, 1]);
  const y = tf.tensor1d(Int32Array.from({ length: batch }, (_, i) => i % 10));
  async function* epoch(): AsyncGenerator<Batch> {
    // The trainer disposes of what it was given; a clone shares the numbers, which stay where the first step took them.
    for (let i = 0; i < steps; i++) yield { x: tf.clone(x), y: tf.clone(y) };
  }
  const loader: Loader = {
    batches: steps,
    examples: steps * batch,
    batchSize: batch,
    epoch,
    [Symbol.asyncIterator]: epoch,
  };
  let before = 0;
  for await (const event of train(build(), {
    train: loader,
    optimizer: sgd({ learningRate: 0.01 }),
    epochs: 1,
    maxInFlight,
  })) {
    if (event.type !== "step") continue;
    // The clock of train() runs in the step alone, as the peer's does; its mean tells how long all steps so far took.
    const sum = (event.stepInEpoch * batch) / event.examplesPerSecond;
    yield sum - before;
    before = sum;
  }
}
