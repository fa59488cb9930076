// One training run from its settings to its summary: the loop, what is shown of it and what is kept of it.

import type { Terminal } from "@mlpconv/cli-kit";
import type { DatasetInfo, Loader } from "@mlpconv/datasets";
import type { Summary } from "@mlpconv/runs";
import type { OpenRun, ResumedRun } from "@mlpconv/runs/node";
import type { Engine, tf } from "@mlpconv/tensor";
import { broadcastState, type EndEvent, type EpochEvent, type Position, train } from "@mlpconv/trainer";
import { pretrainedConfig } from "@mlpconv/weights";
import { describeNet } from "../export/describe-model.js";
import { drawCurves, recordCurves } from "./curves.js";
import { optimizers, schedules } from "./optimizers.js";
import { alone, type Processes } from "./processes.js";
import { epochLine, progressLine, workOf } from "./progress.js";
import type { Settings } from "./settings.js";

export interface RunTrainingOptions {
  settings: Settings;
  engine: Engine;
  data: DatasetInfo;
  model: tf.LayersModel;
  loaders: { train: Loader; test: Loader };
  run: OpenRun;
  /** Where the run was stopped, if it goes on. */
  resumed: Pick<ResumedRun, "checkpoint" | "events"> | undefined;
  /** The processes that train together; process 0 alone has `resumed`. Default: one. */
  processes?: Processes;
  /** The position to go on from, on every process. Default: that of `resumed`. */
  position?: Position | undefined;
  /** Steps between checkpoints; default: a minute. */
  saveEvery: number | undefined;
  terminal: Terminal;
  /** Aborted: stops after the running step, saves and sums up. */
  signal: AbortSignal;
}

/** @returns the summary, also of a run that was interrupted; undefined when it was before the first step */
export const runTraining = async (options: RunTrainingOptions): Promise<Summary | undefined> => {
  const { settings, data, model, loaders, run, resumed, saveEvery, terminal, signal } = options;
  const { group } = options.processes ?? alone;
  const { epochs } = settings;
  const optimizer = optimizers[settings.optimizer](settings);
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
    best = Math.max(best, event.testAccuracy ?? -1);
  }
  checkpoint?.restore(model, optimizer);
  if (position && group) await broadcastState(group, model, optimizer);
  if (resumed) terminal.say(resumedLine(position));
  const began = performance.now() - (position?.seconds ?? 0) * 1000;
  let end: EndEvent | undefined;

  const events = train(model, {
    ...loaders,
    optimizer,
    schedule: schedules[settings.schedule](settings),
    epochs,
    // Nothing here reads the weights at a step event.
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
      if (event.type === "step") {
        recorder.step(event);
        terminal.live((columns) => progressLine(event, work, (performance.now() - began) / 1000, columns));
      } else if (event.type === "epoch") {
        recorder.epoch(event);
        terminal.say(epochLine(event, epochs));
        const { epoch, testAccuracy = -1 } = event;
        if (testAccuracy > best) await run.saveWeights("best", model, notes(event));
        best = Math.max(best, testAccuracy);
        if (epoch < epochs) await run.saveWeights("last", model, notes(event));
      } else if (event.type === "checkpoint") {
        await run.saveCheckpoint(model, optimizer, event.position);
      } else if (event.type === "end") end = event;
    }
  } catch (error) {
    if (error === signal.reason) return undefined;
    throw error;
  } finally {
    optimizer.dispose();
  }
  if (!end) throw new Error("train: expected its last event to be the end");

  await run.saveWeights("last", model, notes(end));
  await run.saveModel(model, {
    config: pretrainedConfig(model, describeNet({ ...settings, data }, end.testAccuracy)),
  });
  const summary = summarise(end, options);
  await run.writeSummary(summary);
  const chart = drawCurves(recorder.curves, { epochs: end.epoch, colours: terminal.colours });
  for (const line of chart) terminal.say(line);
  return summary;
};

/** What a file of weights says of itself. */
const notes = ({ epoch, step, testAccuracy }: EpochEvent | EndEvent): Record<string, string> => ({
  epoch: String(epoch),
  step: String(step),
  ...(testAccuracy !== undefined && { testAccuracy: String(testAccuracy) }),
});

const resumedLine = (position: Position | undefined): string =>
  position
    ? `going on after step ${position.step} (epoch ${position.epochs + 1}, step ${position.stepInEpoch})`
    : "going on from the beginning: the run was stopped before its first checkpoint";

const summarise = (end: EndEvent, { settings, engine, data, model }: RunTrainingOptions): Summary => ({
  model: settings.model,
  preset: settings.preset,
  engine: engine.name,
  dataset: data.name,
  seed: settings.seed,
  epochs: end.epoch,
  loss: end.loss,
  trainAccuracy: end.trainAccuracy,
  testAccuracy: end.testAccuracy ?? null,
  examplesPerSecond: end.examplesPerSecond,
  parameters: model.countParams(),
  seconds: end.seconds,
  // Kilobytes, on every system.
  peakRssBytes: process.resourceUsage().maxRSS * 1024,
  interrupted: end.interrupted,
});
