// What `lr-find` does, in order: engine, net and images as `train` has them, the sweep, a figure, the suggestion.
import { asTyped, Interrupted, type Interruption, type Terminal, UsageError } from "@mlpconv/cli-kit";
import { type DatasetList, loader } from "@mlpconv/datasets";
import { rateSweep, withTheme } from "@mlpconv/report";
import { toPng } from "@mlpconv/report/node";
import { loaderOptions, lossOf, optimizerOf } from "@mlpconv/runs/recipe";
import { useEngine } from "@mlpconv/tensor";
import { writeAtomically } from "@mlpconv/weights/node";
import { checkFileIsNew } from "../new-file.js";
import { buildModel } from "../train/build-model.js";
import { deviceWords } from "../train/first-lines.js";
import { imageSource } from "../train/image-source.js";
import { initFrom } from "../train/init-from.js";
import { partsOf } from "../train/parts-of.js";
import { alone } from "../train/processes.js";
import { fitLimit, resolveSettings, type Settings } from "../train/settings.js";
import type { LrFindRequest } from "./options.js";
import { guessingLoss, type Suggestion, suggestRate } from "./suggest-rate.js";
import { type RatePoint, sweepRates } from "./sweep-rates.js";

export interface LrFindTools {
  terminal: Terminal;
  /** The known data sets; the first is used unless another is asked for. */
  known: DatasetList;
  interruption: Interruption;
}

/** @throws Interrupted when a signal came; UsageError for settings that do not go together; Error when the file is there already */
export const lrFind = async (request: LrFindRequest, tools: LrFindTools): Promise<void> => {
  const { out, json } = request;
  const { terminal, interruption } = tools;
  await checkFileIsNew("lr-find", out);
  const { settings, dataset, guessing, points, engine } = await sweep(request, tools).catch((error) => {
    if (interruption.signal.aborted && !(error instanceof Interrupted))
      throw new Interrupted(interruption.exitCode() ?? 130, "interrupted; nothing was written");
    throw error instanceof UsageError ? new UsageError("lr-find", error.problems) : error;
  });
  const exploded = points.length < request.steps;
  if (points.length < 2)
    throw new Error(
      `lr-find: expected a finite loss after the first steps, got none from learning rate ${request.lrMin}; begin lower: --lr-min ${request.lrMin / 1000}`,
    );
  const suggestion = suggestRate(points, guessing, exploded);
  // Printed before the figure is written, which may fail.
  terminal.say(resultLine(suggestion));
  const title = `Learning rates of ${settings.model} on ${dataset}, ${settings.optimizer}, batches of ${settings.batchSize}`;
  const svg = rateSweep(title, points, suggestion.rate);
  const file = /\.svg$/i.test(out) ? withTheme(svg, "light") : await toPng(svg);
  await writeAtomically(out, (handle) => handle.writeFile(file));
  terminal.say(`drawn in ${out}`);
  const { model, preset, optimizer, batchSize, seed } = settings;
  if (json)
    process.stdout.write(
      `${JSON.stringify({ suggestion: suggestion.rate ?? null, exploded, out, model, preset, dataset, optimizer, batchSize, seed, engine, steps: points })}\n`,
    );
};

/** Trains while the rate grows. */
const sweep = async (request: LrFindRequest, { terminal, known, interruption }: LrFindTools) => {
  const { signal, orStop } = interruption;
  // `train` without what only a run has.
  const asked = {
    ...request,
    learningRate: request.lrMax,
    warmup: 0,
    schedule: "constant" as const,
    resume: false,
  };
  const source = await orStop(imageSource(asked, undefined, { known, processes: alone, terminal, signal }));
  const engine = await orStop(useEngine(request.engine, { precision: request.precision }));
  const wanted = resolveSettings(asked, { gpu: engine.gpu, dataset: source });
  const model = buildModel(wanted, source);
  const { classes } = source;
  const { initFrom: before } = wanted;
  const startLines = before === undefined ? [] : await initFrom(model, before, { ...wanted, classes });
  const data = await orStop(source.load(wanted));
  const splits = partsOf(wanted, data);
  const settings: Settings = fitLimit(wanted, request, { ...data, train: splits.train });
  const images = loader(splits.train, loaderOptions(settings, data).train);
  terminal.say(`trying learning rates from ${request.lrMin} to ${request.lrMax} on ${deviceWords(engine)}`);
  terminal.say(
    `${settings.model} on ${data.name}, preset ${settings.preset}, ${settings.optimizer}, batches of ${settings.batchSize}, ${request.steps} steps`,
  );
  for (const line of startLines) terminal.say(line);
  const points: RatePoint[] = [];
  const optimizer = optimizerOf(settings, model);
  try {
    const steps = sweepRates(model, {
      loader: images,
      optimizer,
      loss: lossOf(settings, { labels: images.labels!, classes: data.classes.length }),
      shards: settings.shards,
      from: request.lrMin,
      steps: request.steps,
      signal,
    });
    for await (const point of steps) {
      points.push(point);
      terminal.live(
        () =>
          `step ${points.length}/${request.steps}  learning rate ${point.learningRate.toPrecision(2)}  loss ${point.loss.toFixed(3)}`,
      );
    }
  } finally {
    optimizer.dispose();
  }
  // Balanced weights make each class count alike.
  const guessing = guessingLoss(
    settings.classWeights === "balanced" ? [...data.classes.keys()] : images.labels!,
  );
  return { settings, dataset: data.name, guessing, points, engine: engine.name };
};

/** What was found, and how to go on. */
const resultLine = ({ rate, why }: Suggestion): string =>
  rate === undefined
    ? `no suggestion: ${why}`
    : `suggestion: --lr ${rate} (${why}); begin with: ${asTyped(`train --lr ${rate}`)} and the same flags`;
