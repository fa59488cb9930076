// The training loop, as a generator of events: progress bars, logs and early stopping are ordinary `for await` code.
import type { tf } from "@mlpconv/tensor";
import { checkEpoch, checkOptions, nonFiniteWeight } from "./checks.js";
import { DivergedError } from "./diverged-error.js";
import type { EndEvent, EpochEvent, TrainEvent } from "./events.js";
import { checkSameState } from "./group.js";
import { afterEpoch } from "./plateau.js";
import { RecordedSteps } from "./recorded-steps.js";
import { RunState } from "./run-state.js";
import { checkSameOptions } from "./same-options.js";
import { ShardSums } from "./shard-sums.js";
import type { CompletedStep } from "./step-queue.js";
import { stopReason } from "./stop-rule.js";
import { type EpochTests, type Tested, testEpoch } from "./test-epoch.js";
import { trainEpoch } from "./train-epoch.js";
import type { TrainOptions } from "./train-options.js";
import { trainShardedEpoch } from "./train-sharded-epoch.js";
import { variablesOf } from "./train-step.js";

/**
 * Trains a classifier whose output is logits, [batch, classes], by cross-entropy.
 *
 * @throws RangeError for invalid options, Error for data that do not fit the model, DivergedError when the loss or a weight is not finite
 */
export async function* train(
  model: tf.LayersModel,
  options: TrainOptions,
): AsyncGenerator<TrainEvent, void, void> {
  checkOptions(model, options);
  const {
    train: loader,
    optimizer,
    epochs,
    checkpoint,
    resume,
    loss,
    stopWhen,
    untilEpoch,
    plateau,
    testOnce = false,
  } = options;
  // A single process needs no agreement: it obeys its own signal at any time.
  const group = options.group?.size === 1 ? undefined : options.group;
  const shards = options.shards ?? group?.size ?? 1;
  const sums = shards > 1 ? new ShardSums(model, group, shards, loss) : undefined;
  // Several processes must stop together: a signal is exchanged with the sums of a step, or with the results of an evaluation.
  const signal = group ? undefined : options.signal;
  signal?.throwIfAborted();
  if (group) await checkSameOptions(group, options, shards);
  if (group) await checkSameState(group, model, optimizer, resume ? "to go on with" : "to begin with");
  const run = new RunState(resume, checkpoint);
  // A run that goes on with another schedule keeps nothing of a plateau before.
  if (!plateau) run.plateau = undefined;
  if (!resume) {
    yield {
      type: "start",
      epochs,
      stepsPerEpoch: loader.batches,
      examples: loader.examples,
      parameters: variablesOf(model).reduce((sum, { size }) => sum + size, 0),
    };
    signal?.throwIfAborted();
  }
  await checkWeights(model, run, optimizer.learningRate);

  const reasonAfter = async (last: EpochEvent | undefined) =>
    last && last.epoch < epochs ? stopReason(stopWhen, last, group) : undefined;
  const isPause = (epoch: number) => untilEpoch !== undefined && epoch >= untilEpoch && epoch < epochs;
  const recorded = new RecordedSteps(model, optimizer, loss);
  let learningRate = optimizer.learningRate;
  let end = run.lastEpoch;
  // A run that was stopped by its rule, or at that epoch, stays so when it is resumed.
  let reason = run.stepInEpoch === 0 ? await reasonAfter(run.lastEpoch) : undefined;
  let interrupted = reason === undefined && isPause(run.epochs);
  // Whether all ranks stop. A single process also checks its signal between steps.
  let stopped = false;
  const stopping = () => stopped || signal?.aborted === true;
  try {
    for (let epoch = run.epochs + 1; epoch <= epochs && !interrupted && reason === undefined; epoch++) {
      const steps: AsyncIterable<CompletedStep & { stop?: boolean }> = sums
        ? trainShardedEpoch(model, { ...options, shards }, run, sums)
        : trainEpoch(model, options, run, recorded);
      for await (const step of steps) {
        ({ learningRate } = step);
        stopped = step.stop ?? false;
        run.add(step);
        if (!Number.isFinite(step.loss)) throw new DivergedError(epoch, run.step, step.loss, learningRate);
        yield {
          type: "step",
          ...run.progress(),
          stepInEpoch: run.stepInEpoch,
          batchLoss: step.loss,
          learningRate,
        };
        if (!step.checkpointDue) continue;
        await checkWeights(model, run, learningRate);
        yield { type: "checkpoint", position: run.position() };
      }
      await checkWeights(model, run, learningRate);
      if (!stopping()) checkEpoch(epoch, loader, run.stepInEpoch);
      if (group) await checkSameState(group, model, optimizer, `after epoch ${epoch}`);

      const test = async (parts?: readonly Tested[]): Promise<EpochTests> => {
        const tests = await testEpoch(model, options, group, parts);
        if (!tests.nonFinite) return tests;
        const { of, loss } = tests.nonFinite;
        const what = `expected a finite ${of} loss, got ${loss} after step ${run.step}`;
        throw new DivergedError(epoch, run.step, loss, learningRate, what);
      };
      const eventOf = (tests: EpochTests | undefined): EpochEvent => ({
        type: "epoch",
        ...run.progress(),
        ...tests?.figures,
        seconds: run.seconds(),
      });
      const onlyValidated = testOnce && epoch < epochs;
      let tests = stopping() ? undefined : await test(onlyValidated ? ["validation"] : undefined);
      // Which epoch is the last one is known before its event, so that the event has its test.
      const last = onlyValidated && tests?.complete ? await reasonAfter(eventOf(tests)) : undefined;
      if (tests && last !== undefined) {
        const { figures, complete } = await test(["test"]);
        tests = { figures: { ...tests.figures, ...figures }, complete };
      }
      const hasTests = options.test !== undefined || options.validation !== undefined;
      interrupted = run.stepInEpoch < loader.batches || (hasTests && tests?.complete !== true);
      end = eventOf(tests);
      if (!interrupted) {
        run.endEpoch(end);
        if (plateau) run.plateau = afterEpoch(run.plateau, end, plateau);
        yield end;
        reason = onlyValidated ? last : await reasonAfter(end);
        interrupted = reason === undefined && ((epoch < epochs && stopping()) || isPause(epoch));
      }
      if (checkpoint) yield { type: "checkpoint", position: run.position() };
    }
  } finally {
    recorded.dispose();
  }
  const examplesPerSecond = run.examplesPerSecond();
  yield {
    ...end!,
    type: "end",
    examplesPerSecond,
    seconds: run.seconds(),
    interrupted,
    ...(reason !== undefined && { stopped: reason }),
  };
}

/** @throws DivergedError when a weight is not finite */
const checkWeights = async (model: tf.LayersModel, run: RunState, learningRate: number): Promise<void> => {
  const found = await nonFiniteWeight(model);
  if (!found) return;
  const when = run.step === 0 ? "before the first step" : `after step ${run.step}`;
  const what = `expected finite weights, got ${found} ${when}`;
  throw new DivergedError(run.epochs + 1, run.step, Number.NaN, learningRate, what);
};

/** Trains to the end and returns the last event; for callers that do not need the others. `maxInFlight` is 4 by default. */
export const fit = async (model: tf.LayersModel, options: TrainOptions): Promise<EndEvent> => {
  let last: TrainEvent | undefined;
  for await (const event of train(model, { maxInFlight: 4, ...options })) last = event;
  return last as EndEvent;
};
