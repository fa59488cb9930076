// A stream of training steps of one benchmark case, on batches in memory.
import { type Batch, type Loader, type Share, shardBounds } from "@mlpconv/datasets";
import { stream, tf } from "@mlpconv/tensor";
import { sgd, type TrainOptions, train } from "@mlpconv/trainer";
import type { Case } from "./cases.js";

/** Options for training the steps. */
export type TrainStepsOptions = Pick<TrainOptions, "maxInFlight" | "shards" | "group">;

/** Yields the seconds of each step. */
export async function* trainSteps(
  { build, size }: Pick<Case, "build" | "size">,
  batch: number,
  steps: number,
  options: TrainStepsOptions = {},
): AsyncGenerator<number> {
  const pixels = stream(0, "pixels").uniform(batch * size * size);
  const classes = Int32Array.from({ length: batch }, (_, i) => i % 10);
  const part = (first: number, end: number) => ({
    x: tf.tensor4d(pixels.slice(first * size * size, end * size * size), [end - first, size, size, 1]),
    y: tf.tensor1d(classes.slice(first, end)),
  });
  async function* epoch(_epoch = 0, _skip = 0, share?: Share): AsyncGenerator<Batch> {
    const wanted = share ? Array.from({ length: share.to - share.from }, (_, i) => share.from + i) : [];
    const parts: Batch[] = share
      ? wanted.map((shard) => {
          const [first, end] = shardBounds(shard, share.of, batch);
          return { ...part(first, end), within: { first, examples: batch } };
        })
      : [part(0, batch)];
    // The trainer disposes of its batches; a clone shares the values, which stay on the device after the first step.
    for (let i = 0; i < steps; i++)
      for (const { x, y, ...rest } of parts) yield { x: tf.clone(x), y: tf.clone(y), ...rest };
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
    ...options,
  })) {
    if (event.type !== "step") continue;
    // The time that train() reports covers only steps, as in the peer's measurement; its mean gives the total time so far.
    const sum = (event.stepInEpoch * batch) / event.examplesPerSecond;
    yield sum - before;
    before = sum;
  }
}
