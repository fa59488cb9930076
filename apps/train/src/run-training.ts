// One training run from its settings to its summary: the loop, what is shown of it and what is kept of it.
import type { Loader } from "@mlpconv/datasets";
import type { Engine, tf } from "@mlpconv/tensor";
import { constant, cosine, type EndEvent, sgd, train } from "@mlpconv/trainer";
import type { Run, Summary } from "@mlpconv/trainer/node";
import { drawCurves, recordCurves } from "./curves.js";
import { epochLine, progressLine, workOf } from "./progress.js";
import type { Settings } from "./settings.js";
import type { Terminal } from "./terminal.js";

export interface RunTrainingOptions {
  settings: Settings;
  engine: Engine;
  dataset: string;
  model: tf.LayersModel;
  loaders: { train: Loader; test: Loader };
  run: Run;
  terminal: Terminal;
  /** Aborted: stops after the running step, saves and sums up. */
  signal: AbortSignal;
}

/** @returns the summary, also of a run that was interrupted; undefined when it was before the first step */
export const runTraining = async (options: RunTrainingOptions): Promise<Summary | undefined> => {
  const { settings, model, loaders, run, terminal, signal } = options;
  const { learningRate, momentum, weightDecay, schedule, warmup, epochs } = settings;
  const began = performance.now();
  const optimizer = sgd({ learningRate, momentum, weightDecay });
  const work = workOf(epochs, loaders);
  const recorder = recordCurves(epochs, loaders.train.batches, Math.min(terminal.columns, 80) - 8);
  let end: EndEvent | undefined;

  const events = train(model, {
    ...loaders,
    optimizer,
    schedule: schedule === "cosine" ? cosine({ warmup }) : constant({ warmup }),
    epochs,
    signal,
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
      } else if (event.type === "end") end = event;
    }
  } catch (error) {
    if (error === signal.reason) return undefined;
    throw error;
  } finally {
    optimizer.dispose();
  }
  if (!end) throw new Error("train: expected its last event to be the end");

  await run.saveModel(model);
  const summary = summarise(end, options);
  await run.writeSummary(summary);
  const chart = drawCurves(recorder.curves, { epochs: end.epoch, colours: terminal.colours });
  for (const line of chart) terminal.say(line);
  return summary;
};

const summarise = (end: EndEvent, { settings, engine, dataset, model }: RunTrainingOptions): Summary => ({
  model: settings.model,
  preset: settings.preset,
  engine: engine.name,
  dataset,
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
