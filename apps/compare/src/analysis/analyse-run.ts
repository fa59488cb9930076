// analysis.json and evaluation.json of a run: what only the trained net can tell, computed once.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Dataset, loader, type Split, testOptions } from "@mlpconv/datasets";
import { checkSameData } from "@mlpconv/report";
import type { Sample } from "@mlpconv/runs";
import {
  analysisNames,
  evaluationOf,
  type FoundRun,
  readRunWithoutLog,
  runData,
  type TrainedRun,
  writeAnalysis,
  writeEvaluation,
} from "@mlpconv/runs/node";
import { testImages } from "@mlpconv/trainer";
import { classMapModel } from "./class-map-model.js";
import { collectPredictions, type Prediction } from "./collect-predictions.js";
import { describeNet } from "./describe-model.js";

/** Whether both files are there and no older than the weights that they speak of. */
export const hasAnalysis = async (run: FoundRun): Promise<boolean> => {
  const analysed = await Promise.all(analysisNames.map((name) => isFresh(run, name)));
  return analysed.includes(true) && (await isFresh(run, "evaluation.json"));
};

const isFresh = async ({ folder, path }: FoundRun, file: string): Promise<boolean> => {
  const [weights, written] = await Promise.all([path, join(folder, file)].map(writtenAt));
  return written !== undefined && written >= weights!;
};

const writtenAt = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

/** @throws DifferentDataError when the run learned from other data than these */
export const checkData = async ({ folder }: FoundRun, data: Dataset): Promise<void> => {
  const run = await readRunWithoutLog(folder);
  const here = {
    ...run,
    name: data.source,
    config: { ...run.config, data: runData(data) },
  };
  checkSameData([run, here]);
};

const mostMistakes = 24;

/** Writes both; an evaluation that `evaluate` made of these weights stays, because its seconds are of that alone. @returns what they say, in a line */
export const analyseRun = async (
  run: TrainedRun,
  data: Dataset,
  { where, engine, onBatch }: { where: string; engine: string; onBatch: (examples: number) => void },
): Promise<string> => {
  const { folder, config, model, name } = run;
  const shown = firstOfEachClass(data.test);
  const { add, predictions, classMaps, highestMapIsTrue } = collectPredictions(new Set(shown));
  const images = loader(data.test, testOptions(config));
  const pass = testImages(model, images, { where, through: classMapModel(model) });
  const evaluation = await evaluationOf(run, pass, {
    engine,
    onBatch: (batch) => {
      add(batch);
      onBatch(predictions.length);
    },
  });
  const sample = (index: number): Sample => ({
    index,
    pixels: pixelsOf(data.test, index),
    ...predictions[index]!,
  });
  const highest = highestMapIsTrue();
  await writeAnalysis(folder, {
    classes: [...data.classes],
    imageShape: [...data.shape],
    net: describeNet(config.model, model),
    mistakes: worst(predictions).map(sample),
    ...(highest !== undefined && {
      classMaps: shown.map((index) => ({ ...sample(index), ...classMaps.get(index)! })),
      highestMapIsTrue: highest,
    }),
  });
  if (!(await isFresh(run, "evaluation.json"))) await writeEvaluation(folder, evaluation);
  const { accuracy, examples } = evaluation;
  const maps =
    highest === undefined
      ? ""
      : `; the true class's map has the highest mean on ${(100 * highest).toFixed(2)}% of them`;
  return `${name}: ${(100 * accuracy).toFixed(2)}% of ${examples} test images correct${maps}`;
};

/** Indices of the most confident mistakes, the most confident first. */
const worst = (predictions: readonly Prediction[]): number[] =>
  predictions
    .map(({ label, predicted, probability }, index) => ({ index, probability, wrong: label !== predicted }))
    .filter(({ wrong }) => wrong)
    .sort((a, b) => b.probability - a.probability || a.index - b.index)
    .slice(0, mostMistakes)
    .map(({ index }) => index);

/** Index of the first image of each class: chosen by order alone, so that the examples are not hand-picked. */
const firstOfEachClass = ({ labels }: Split): number[] =>
  [...new Set(labels)].sort((a, b) => a - b).map((label) => labels.indexOf(label));

const pixelsOf = ({ images, shape: [, height, width, channels] }: Split, index: number): string => {
  const length = height * width * channels;
  return Buffer.from(images.subarray(index * length, (index + 1) * length)).toString("base64");
};
