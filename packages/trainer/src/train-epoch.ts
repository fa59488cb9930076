// One epoch of training. Up to `maxInFlight` more steps are started before a step's loss is known.
import { recorder, tf } from "@mlpconv/tensor";
import { checkBatch, checkRate } from "./checks.js";
import { nextTask } from "./next-task.js";
import type { RecordedSteps } from "./recorded-steps.js";
import type { RunState } from "./run-state.js";
import { constant } from "./schedules.js";
import { type CompletedStep, StepQueue } from "./step-queue.js";
import type { TrainOptions } from "./train-options.js";
import { trainStep } from "./train-step.js";

/**
 * Trains on the rest of the current epoch, or until the signal is aborted.
 *
 * @param run read at the start; the caller adds each step to it
 * @param recorded steps of an engine that records
 */
export async function* trainEpoch(
  model: tf.LayersModel,
  { train: loader, optimizer, schedule = constant(), epochs, maxInFlight = 0, signal, loss }: TrainOptions,
  run: RunState,
  recorded: RecordedSteps,
): AsyncGenerator<CompletedStep, void, void> {
  const queue = new StepQueue();
  const totalSteps = epochs * loader.batches;
  let { step, stepInEpoch } = run;

  for await (const batch of loader.epoch(run.epochs, stepInEpoch)) {
    let inFlight = 0;
    try {
      await checkBatch("train", model, batch, stepInEpoch);
      // Only a replay may start before the losses of earlier steps are known.
      while (queue.length > 0 && !recorded.canReplay(batch)) yield await queue.shift();

      const learningRate = optimizer.learningRate * schedule(step, totalSteps) * run.rateFactor;
      checkRate(learningRate, step + 1);
      const startedAt = performance.now();
      const { result, replayed } = recorder()
        ? await recorded.begin(batch, learningRate, step)
        : { result: await trainStep(model, batch, optimizer, learningRate, step, loss), replayed: false };
      step++;
      stepInEpoch++;
      const checkpointDue = run.checkpointDue(step);
      queue.push({ examples: batch.y.shape[0], learningRate, startedAt, result, checkpointDue });
      if (replayed && !checkpointDue) inFlight = maxInFlight;
    } finally {
      tf.dispose([batch.x, batch.y]);
    }

    yield* queue.drain(inFlight);
    // CPU engines never yield to the event loop: without this, signals and timers would not be handled.
    await nextTask();
    if (signal?.aborted) break;
  }
  yield* queue.drain();
}
