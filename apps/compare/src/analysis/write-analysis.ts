// insights.json and evaluation.json of a run: what only the trained net can tell, computed once.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { accuracyOf, classFigures } from "@mlpconv/cli-kit";
import { type Dataset, loader, type Split, testOptions } from "@mlpconv/datasets";
import { checkSameData } from "@mlpconv/report";
import type { Insights, Sample } from "@mlpconv/runs";
import {
  epochOf,
  type FoundRun,
  readRun,
  runData,
  type TrainedRun,
  writeEvaluation,
  writeInsightsFile,
} from "@mlpconv/runs/node";
import { type Guess, lookAtTests } from "./collect-predictions.js";
import { describeNet } from "./describe-model.js";

/** Whether both files are there and no older than the weights that they speak of. */
export const hasInsights = async (run: FoundRun): Promise<boolean> =>
  (await isFresh(run, "insights.json")) && (await isFresh(run, "evaluation.json"));

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
  const run = await readRun(folder);
  const here = {
    ...run,
    name: data.source,
    config: { ...run.config, data: runData(data) },
  };
  checkSameData([run, here]);
};

const mostMistakes = 24;

/** Writes both; an evaluation that `evaluate` made of these weights stays, because its seconds are of that alone. @returns what they say, in a line */
export const writeInsights = async (
  run: TrainedRun,
  data: Dataset,
  { engine, onBatch }: { engine: string; onBatch: (examples: number) => void },
): Promise<string> => {
  const { folder, config, model, name, weights } = run;
  const began = performance.now();
  const shown = firstOfEachClass(data.test);
  const images = loader(data.test, testOptions(config));
  const look = await lookAtTests(model, images, { wanted: new Set(shown), onBatch });
  const { guesses, loss, classMaps, highestMapIsTrue } = look;

  const confusion = data.classes.map(() => data.classes.map(() => 0));
  for (const { label, predicted } of guesses) confusion[label]![predicted]!++;
  const accuracy = accuracyOf(confusion);
  const sample = (index: number): Sample => ({
    index,
    pixels: pixelsOf(data.test, index),
    ...guesses[index]!,
  });
  const insights: Insights = {
    classes: [...data.classes],
    imageShape: [...data.shape],
    net: describeNet(config.model, model),
    mistakes: worst(guesses).map(sample),
    ...(classMaps && { classMaps: shown.map((index) => ({ ...sample(index), ...classMaps.get(index)! })) }),
    ...(highestMapIsTrue !== undefined && { highestMapIsTrue }),
  };
  await writeInsightsFile(folder, insights);
  if (!(await isFresh(run, "evaluation.json")))
    await writeEvaluation(folder, {
      run: name,
      model: config.model,
      weights,
      epoch: epochOf(run.metadata),
      engine,
      dataset: data.name,
      examples: guesses.length,
      loss,
      accuracy,
      classes: classFigures(confusion, data.classes),
      confusion,
      seconds: (performance.now() - began) / 1000,
    });
  const maps =
    highestMapIsTrue === undefined
      ? ""
      : `; the true class's map has the highest mean on ${(100 * highestMapIsTrue).toFixed(2)}% of them`;
  return `${name}: ${(100 * accuracy).toFixed(2)}% of ${guesses.length} test images right${maps}`;
};

/** Indices of the most confident mistakes, the surest first. */
const worst = (guesses: readonly Guess[]): number[] =>
  guesses
    .map(({ label, predicted, probability }, index) => ({ index, probability, wrong: label !== predicted }))
    .filter(({ wrong }) => wrong)
    .sort((a, b) => b.probability - a.probability || a.index - b.index)
    .slice(0, mostMistakes)
    .map(({ index }) => index);

/** Chosen by their order alone, so that nobody can have picked the pretty ones. */
const firstOfEachClass = ({ labels }: Split): number[] =>
  [...new Set(labels)].sort((a, b) => a - b).map((label) => labels.indexOf(label));

const pixelsOf = ({ images, shape: [, height, width, channels] }: Split, index: number): string => {
  const length = height * width * channels;
  return Buffer.from(images.subarray(index * length, (index + 1) * length)).toString("base64");
};
