// Trains one run from its settings to its summary, with its output and files.

import type { Terminal } from "@mlpconv/cli-kit";
import type { DatasetInfo, Loader } from "@mlpconv/datasets";
import { summary as costsOf } from "@mlpconv/models";
import type { Summary } from "@mlpconv/runs";
import type { ConfigChange, OpenRun, ResumedRun } from "@mlpconv/runs/node";
import { exportOptions, lossOf, optimizerOf, plateauOf, scheduleOf, stopRuleOf } from "@mlpconv/runs/recipe";
import type { Engine, tf } from "@mlpconv/tensor";
import {
  broadcastState,
  type ChangeEvent,
  type EndEvent,
  type EpochEvent,
  type Position,
  selectionAccuracy,
  startPosition,
  train,
  withAverages,
} from "@mlpconv/trainer";
import { pretrainedConfig } from "@mlpconv/weights";
import { drawCurves, recordCurves } from "./curves.js";
import { alone, type Processes } from "./processes.js";
import { epochLine, progressLine, workOf } from "./progress.js";
import type { Settings } from "./settings.js";

export interface RunTrainingOptions {
  settings: Settings;
  engine: Engine;
  data: DatasetInfo;
  model: tf.LayersModel;
  /** With `validation`, the best weights are chosen by it and not by the test images. */
  loaders: { train: Loader; test: Loader; validation?: Loader };
  run: OpenRun;
  /** Folder and checkpoint of a resumed run. */
  resumed: Pick<ResumedRun, "checkpoint" | "events"> | undefined;
  /** Records settings that a resumed run changes, once its weights are restored, and gives the event in its log. Default: none are changed. */
  recordChanges?:
    | ((state: Pick<ConfigChange, "model" | "optimizer">) => Promise<ChangeEvent | undefined>)
    | undefined;
  /** The processes that train together; only process 0 has `resumed`, and the weights of `settings.initFrom`. Default: a single process. */
  processes?: Processes;
  /** The position from which to continue, in every process. Default: that of `resumed`. */
  position?: Position | undefined;
  /** Steps between checkpoints; by default a checkpoint is saved every minute. */
  saveEvery: number | undefined;
  /** The epoch after which the run is interrupted. Default: it is not. */
  untilEpoch?: number | undefined;
  terminal: Terminal;
  /** Signal that stops training after the running step; the run is then saved and summarised. */
  signal: AbortSignal;
}

/** @returns the summary, also of an interrupted run; undefined if it was interrupted before the first step */
export const runTraining = async (options: RunTrainingOptions): Promise<Summary | undefined> => {
  const { settings, data, model, loaders, run, resumed, saveEvery, untilEpoch, terminal, signal } = options;
  const { group } = options.processes ?? alone;
  const { epochs } = settings;
  const optimizer = optimizerOf(settings, model);
  const plateau = plateauOf(settings);
  const work = workOf(epochs, loaders);
  const recorder = recordCurves(
    epochs,
    { batches: loaders.train.batches, batchSize: settings.batchSize, examples: loaders.train.examples },
    Math.min(terminal.columns, 80) - 8,
  );
  const { checkpoint, events: before = [] } = resumed ?? {};
  const { position = checkpoint?.position } = options;
  let best = -1;
  for (const event of before) {
    if (event.type === "step") recorder.step(event);
    if (event.type !== "epoch") continue;
    recorder.epoch(event);
    best = Math.max(best, selectionAccuracy(event) ?? -1);
  }
  checkpoint?.restore(model, optimizer);
  const change = await options.recordChanges?.({ model, optimizer });
  if ((position || settings.initFrom !== undefined) && group) await broadcastState(group, model, optimizer);
  if (resumed) terminal.say(resumedLine(position));
  const describe = ({ testAccuracy }: EpochEvent | EndEvent) =>
    pretrainedConfig(model, exportOptions({ ...settings, data }, testAccuracy));
  /** Where the optimizer keeps averages of the weights, these too are saved. */
  const saveAverage = async (event: EpochEvent | EndEvent): Promise<void> => {
    if (!optimizer.averages) return;
    const { averageTestAccuracy, averageValidationAccuracy } = event;
    const { testAccuracy: _, validationAccuracy: __, ...rest } = event;
    const averaged = {
      ...rest,
      ...(averageTestAccuracy !== undefined && { testAccuracy: averageTestAccuracy }),
      ...(averageValidationAccuracy !== undefined && { validationAccuracy: averageValidationAccuracy }),
    };
    await withAverages(model, optimizer, () =>
      run.saveWeights("average", model, notes(averaged), describe(averaged)),
    );
  };
  const save = (name: "best" | "last", event: EpochEvent | EndEvent) =>
    run.saveWeights(name, model, notes(event), describe(event));
  const began = performance.now() - (position?.seconds ?? 0) * 1000;
  let end: EndEvent | undefined;
  const stopWhen = stopRuleOf(settings, change ? [...before, change] : before);

  const events = train(model, {
    ...loaders,
    optimizer,
    schedule: scheduleOf(settings),
    ...(plateau && { plateau }),
    loss: lossOf(settings, { labels: loaders.train.labels!, classes: data.classes.length }),
    epochs,
    ...(stopWhen && { stopWhen }),
    ...(settings.testOnce && { testOnce: true }),
    ...(untilEpoch !== undefined && { untilEpoch }),
    // Allowed because nothing here reads the weights at a step event.
    maxInFlight: 4,
    signal,
    checkpoint: saveEvery === undefined ? { seconds: 60 } : { steps: saveEvery },
    shards: settings.shards,
    ...(group && { group }),
    ...(position && { resume: position }),
  });
  try {
    for await (const event of events) {
      await run.record(event);
      if (event.type === "start") {
        // To go on to the bit also where the file of these weights has changed since, or is gone.
        if (settings.initFrom !== undefined) await run.saveCheckpoint(model, optimizer, startPosition());
      } else if (event.type === "step") {
        recorder.step(event);
        terminal.live((columns) => progressLine(event, work, (performance.now() - began) / 1000, columns));
      } else if (event.type === "epoch") {
        recorder.epoch(event);
        terminal.say(epochLine(event, epochs));
        const { epoch } = event;
        const accuracy = selectionAccuracy(event) ?? -1;
        if (accuracy > best) await save("best", event);
        best = Math.max(best, accuracy);
        if (epoch < epochs) {
          await save("last", event);
          await saveAverage(event);
        }
      } else if (event.type === "checkpoint") {
        await run.saveCheckpoint(model, optimizer, event.position);
      } else if (event.type === "end") {
        end = event;
        await saveAverage(end);
      }
    }
  } catch (error) {
    if (error === signal.reason) return undefined;
    throw error;
  } finally {
    optimizer.dispose();
  }
  if (!end) throw new Error("train: expected its last event to be the end");

  await save("last", end);
  await run.saveModel(model, { config: describe(end) });
  const summary = summaryOf(end, options);
  await run.writeSummary(summary);
  const chart = drawCurves(recorder.curves, { epochs: end.epoch, colours: terminal.colours });
  for (const line of chart) terminal.say(line);
  return summary;
};

/** Metadata for a file of weights. */
const notes = ({
  epoch,
  step,
  testAccuracy,
  validationAccuracy,
}: EpochEvent | EndEvent): Record<string, string> => ({
  epoch: String(epoch),
  step: String(step),
  ...(testAccuracy !== undefined && { testAccuracy: String(testAccuracy) }),
  ...(validationAccuracy !== undefined && { validationAccuracy: String(validationAccuracy) }),
});

const resumedLine = (position: Position | undefined): string =>
  position
    ? `going on after step ${position.step} (epoch ${position.epochs + 1}, step ${position.stepInEpoch})`
    : "going on from the beginning: the run was stopped before its first checkpoint";

/** The figures of summary.json. */
export const summaryOf = (end: EndEvent, { settings, engine, data, model }: RunTrainingOptions): Summary => ({
  model: settings.model,
  preset: settings.preset,
  engine: engine.name,
  dataset: data.name,
  seed: settings.seed,
  epochs: end.epoch,
  loss: end.loss,
  trainAccuracy: end.trainAccuracy,
  testAccuracy: end.testAccuracy ?? null,
  ...(end.averageTestAccuracy !== undefined && { averageTestAccuracy: end.averageTestAccuracy }),
  ...(end.validationAccuracy !== undefined && { validationAccuracy: end.validationAccuracy }),
  ...(end.averageValidationAccuracy !== undefined && {
    averageValidationAccuracy: end.averageValidationAccuracy,
  }),
  examplesPerSecond: end.examplesPerSecond,
  parameters: costsOf(model).parameters,
  seconds: end.seconds,
  // maxRSS is in kilobytes on every system.
  peakRssBytes: process.resourceUsage().maxRSS * 1024,
  interrupted: end.interrupted,
  ...(end.stopped !== undefined && { stopped: end.stopped }),
});
