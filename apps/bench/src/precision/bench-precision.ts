// `pnpm bench precision`: the loss of the chapter's recipe in mixed precision beside float32, from the same weights and the same batches.
import { fashionMnist, loader } from "@mlpconv/datasets";
import { buildModel, loaderOptions, lossOf, optimizerOf, scheduleOf } from "@mlpconv/runs/recipe";
import { useEngine } from "@mlpconv/tensor";
import { train } from "@mlpconv/trainer";
import type { Trial } from "../recipe/experiments.js";
import { trialSettings } from "../recipe/trial-settings.js";
import { inOrder, runsToDo } from "../recipe/trials.js";
import { readResults, writeResults } from "../results.js";
import type { PrecisionResults, PrecisionRow } from "./precision-figure.js";

export interface PrecisionOptions {
  /** Trains two steps of each and prints them; writes nothing. */
  quick: boolean;
}

// 72 pixels as in the experiments of `bench recipe`: two epochs are 938 steps, and the recipe leaves its plateau after some 550.
const trials: readonly Trial[] = (["full", "mixed"] as const).map((precision) => ({
  what: precision,
  model: "nin",
  preset: "d2l",
  flags: `--resize 72 --epochs 2 --precision ${precision}`,
  seeds: 1,
}));

/** Steps whose mean loss is a point of the curve. */
const stepsAPoint = 25;

/** Trains what has no row yet and writes each row when its run ends. `precisionFigure` draws them. */
export const benchPrecision = async ({ quick }: PrecisionOptions): Promise<void> => {
  const rows = (quick ? undefined : readResults<PrecisionResults>("precision", "native"))?.rows ?? [];
  for (const { trial, seed } of runsToDo(trials, rows)) {
    const losses = await lossesOf(trial, seed, quick ? 2 : Number.POSITIVE_INFINITY);
    if (quick) {
      console.log(`${trial.what}: ${losses.map((loss) => loss.toFixed(6)).join(" ")}`);
      continue;
    }
    const points = meansOf(losses);
    rows.push({ what: trial.what, flags: trial.flags, seed, stepsAPoint, losses: points });
    console.log(`${trial.what}, seed ${seed}: loss ${points.at(-1)} after ${losses.length} steps`);
    writeResults("precision", "native", undefined, {
      rows: inOrder<PrecisionRow>(rows, trials),
    } satisfies PrecisionResults);
  }
};

/** Each step's loss, in nats. */
const lossesOf = async (trial: Trial, seed: number, most: number): Promise<number[]> => {
  const settings = { ...trialSettings(trial), seed };
  await useEngine("native", { precision: settings.precision });
  const data = await fashionMnist();
  const model = buildModel(settings, data);
  const losses: number[] = [];
  const training = train(model, {
    train: loader(data.train, loaderOptions(settings, data).train),
    optimizer: optimizerOf(settings),
    schedule: scheduleOf(settings),
    loss: lossOf(settings, { labels: data.train.labels, classes: data.classes.length }),
    epochs: settings.epochs,
  });
  for await (const event of training) {
    if (event.type !== "step") continue;
    // Optional in old logs alone.
    losses.push(event.batchLoss!);
    if (losses.length >= most) break;
  }
  model.dispose();
  return losses;
};

const meansOf = (losses: readonly number[]): number[] =>
  Array.from({ length: Math.floor(losses.length / stepsAPoint) }, (_, i) => {
    const steps = losses.slice(i * stepsAPoint, (i + 1) * stepsAPoint);
    return Number((steps.reduce((sum, loss) => sum + loss, 0) / stepsAPoint).toFixed(5));
  });
