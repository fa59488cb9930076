// One epoch of training in shards, alone or with the other ranks of a group: every rank makes the same updates.
import { moveTowards, tf } from "@mlpconv/tensor";
import { checkEpoch, checkRate } from "./checks.js";
import type { RunState } from "./run-state.js";
import { constant } from "./schedules.js";
import type { ShardSums } from "./shard-sums.js";
import { type Shard, shardsOfEpoch } from "./shards-of-epoch.js";
import type { CompletedStep } from "./step-queue.js";
import type { TrainOptions } from "./train-options.js";
import { variablesOf } from "./train-step.js";

/** A step, and whether a rank asked to stop after it. */
export interface ShardedStep extends CompletedStep {
  stop: boolean;
}

/**
 * Trains on the rest of the current epoch, or until a rank is asked to stop.
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
  const ownShards = shardsOfEpoch(model, loader, run.epochs, stepInEpoch, share);
  let loading = 0;
  let examples = 0;
  const next = async (): Promise<Shard> => {
    const from = performance.now();
    const { value, done } = await ownShards.next();
    if (done) checkEpoch(run.epochs + 1, loader, stepInEpoch);
    const shard = value as Shard;
    loading += performance.now() - from;
    ({ examples } = shard.within);
    return shard;
  };

  try {
    while (stepInEpoch < loader.batches) {
      const learningRate = optimizer.learningRate * schedule(step, totalSteps) * run.rateFactor;
      checkRate(learningRate, step + 1);
      const startedAt = performance.now();
      loading = 0;
      const wishes = { stop: signal?.aborted === true, checkpoint: run.checkpointDue(step + 1) };
      const summed = await sums.of(next, step, wishes);
      const { loss, right, gradients, runningMeans, stop, checkpointDue } = summed;
      if (Number.isFinite(loss)) {
        optimizer.update(variablesOf(model), gradients, learningRate);
        runningMeans.forEach(moveTowards);
      }
      tf.dispose([gradients, runningMeans.map(({ value }) => value)]);
      step++;
      stepInEpoch++;
      const seconds = (performance.now() - startedAt - loading) / 1000;
      yield { examples, learningRate, loss, right, seconds, checkpointDue, stop };
      if (stop) return;
    }
    const { value, done } = await ownShards.next();
    if (!done) {
      tf.dispose([value.x, value.y]);
      checkEpoch(run.epochs + 1, loader, stepInEpoch + 1);
    }
  } finally {
    await ownShards.return(undefined);
  }
}
