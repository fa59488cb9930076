// One epoch of training in shards, alone or with the other ranks of a group: every rank makes the same updates.
import type { Batch, Loader, Share } from "@mlpconv/datasets";
import { shardBounds } from "@mlpconv/datasets";
import { tf } from "@mlpconv/tensor";
import { checkBatch, checkEpoch, checkRate } from "./checks.js";
import type { RunState } from "./run-state.js";
import { constant } from "./schedules.js";
import type { ShardSums } from "./shard-sums.js";
import type { CompletedStep } from "./step-queue.js";
import type { TrainOptions } from "./train-options.js";
import { variablesOf } from "./train-step.js";

/** A step, and whether a rank asked to stop after it. */
export interface ShardedStep extends CompletedStep {
  stop: boolean;
}

/**
 * Trains on what is left of the current epoch, or until a rank is asked to stop.
 *
 * @param run read at the start; the caller adds each step to it
 */
export async function* trainShardedEpoch(
  model: tf.LayersModel,
  { train: loader, optimizer, schedule = constant(), epochs, signal, group, shards = 1 }: TrainOptions,
  run: RunState,
  sums: ShardSums,
): AsyncGenerator<ShardedStep, void, void> {
  const { rank = 0, size = 1 } = group ?? {};
  const each = shards / size;
  const share = { of: shards, from: rank * each, to: (rank + 1) * each };
  const totalSteps = epochs * loader.batches;
  let { step, stepInEpoch } = run;
  const shardsOfEpoch = shardsFrom(loader, run.epochs, stepInEpoch, share);
  let loading = 0;
  let examples = 0;
  const next = async (): Promise<Batch> => {
    const from = performance.now();
    const { value, done } = await shardsOfEpoch.next();
    if (done) checkEpoch(run.epochs + 1, loader, stepInEpoch);
    const batch = value as Batch;
    if (batch.y.shape[0] > 0) await checkBatch("train", model, batch, stepInEpoch);
    loading += performance.now() - from;
    ({ examples } = batch.within!);
    return batch;
  };

  try {
    while (stepInEpoch < loader.batches) {
      const learningRate = optimizer.learningRate * schedule(step, totalSteps);
      checkRate(learningRate, step + 1);
      const startedAt = performance.now();
      loading = 0;
      const { loss, right, gradients, stop } = await sums.of(next, step, signal?.aborted === true);
      if (Number.isFinite(loss)) optimizer.update(variablesOf(model), gradients, learningRate);
      tf.dispose(gradients);
      step++;
      stepInEpoch++;
      const seconds = (performance.now() - startedAt - loading) / 1000;
      const checkpointDue = run.checkpointDue(step);
      yield { examples, learningRate, loss, right, seconds, checkpointDue, stop };
      if (stop) return;
    }
    const { done } = await shardsOfEpoch.next();
    if (!done) checkEpoch(run.epochs + 1, loader, stepInEpoch + 1);
  } finally {
    await shardsOfEpoch.return(undefined);
  }
}

/** This rank's shards of each batch, one after another. A loader that knows nothing of shards gives whole batches, which are cut here. */
async function* shardsFrom(
  loader: Loader,
  epoch: number,
  skip: number,
  share: Share,
): AsyncGenerator<Batch, void, void> {
  for await (const batch of loader.epoch(epoch, skip, share)) {
    if (batch.within) {
      yield batch;
      continue;
    }
    const examples = batch.y.shape[0];
    try {
      for (let shard = share.from; shard < share.to; shard++) {
        const [first, end] = shardBounds(shard, share.of, examples);
        const [x, y] = tf.tidy(() => [
          tf.slice(batch.x, first, end - first),
          tf.slice(batch.y, first, end - first),
        ]) as [tf.Tensor4D, tf.Tensor1D];
        yield { x, y, within: { first, examples } };
      }
    } finally {
      tf.dispose([batch.x, batch.y]);
    }
  }
}
