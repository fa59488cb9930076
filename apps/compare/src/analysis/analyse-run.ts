// analysis.json and evaluation.json of a run: what only the trained net can tell, computed once.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type AnySplit,
  type Dataset,
  firstOfEachClass,
  imagesAt,
  loader,
  testOptions,
} from "@mlpconv/datasets";
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
import { describeNet } from "@mlpconv/runs/recipe";
import { classMapModel, testImages } from "@mlpconv/trainer";
import { collectPredictions, type Prediction } from "./collect-predictions.js";
import { thumbnail, thumbnailShape } from "./thumbnail.js";

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
export const checkData = async ({ folder }: FoundRun, data: Dataset<AnySplit>): Promise<void> => {
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
  data: Dataset<AnySplit>,
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
  const sample = async (index: number): Promise<Sample> => ({
    index,
    pixels: Buffer.from(await thumbnail(await imagesAt(data.test, [index]), data.shape)).toString("base64"),
    ...predictions[index]!,
  });
  const highest = highestMapIsTrue();
  await writeAnalysis(folder, {
    classes: [...data.classes],
    imageShape: thumbnailShape(data.shape),
    net: describeNet(config.model, model),
    mistakes: await Promise.all(worst(predictions).map(sample)),
    ...(highest !== undefined && {
      classMaps: await Promise.all(
        shown.map(async (index) => ({ ...(await sample(index)), ...classMaps.get(index)! })),
      ),
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
