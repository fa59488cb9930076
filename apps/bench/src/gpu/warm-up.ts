// Short trainings that tune products for those that follow. Tiles are saved in a file by the first process that has measured them, but processes that
// start at the same time would all measure, each while the others disturb it.
import type { GpuTrial } from "../recipe/gpu-experiments.js";
import { runTrial, type Trainer } from "../recipe/run-trial.js";
import { trialSettings } from "../recipe/trial-settings.js";
import { runNameOf } from "../recipe/trials.js";

const trainingImages = 60_000;

/** Steps of a warm-up: more than the first ones, in which products are measured. */
const STEPS = 6;

/** Names the products of a trial: those of trials with the same name are the same, and are tuned once. */
export const productsOf = (trial: GpuTrial): string => {
  const { model, net, resize, batchSize, valShare } = trialSettings(trial);
  const { ratio, pointwise } = net;
  return JSON.stringify({ model, ratio, pointwise, resize, batchSize, valShare, precision: trial.precision });
};

/** An epoch of a few full batches and the short one with which a whole epoch ends. */
const shortened = (trial: GpuTrial): GpuTrial => {
  const { batchSize, valShare = 0 } = trialSettings(trial);
  const images = Math.round(trainingImages * (1 - valShare));
  const limit = Math.min(images, STEPS * batchSize + (images % batchSize));
  return { ...trial, flags: `${trial.flags} --limit ${limit} --epochs 1 --warmup 0`.trim() };
};

export class WarmUps {
  readonly #done = new Map<string, Promise<void>>();
  #last: Promise<void> = Promise.resolve();

  /** Resolves when the trial's products are tuned. Warm-ups run one at a time; one that fails says so and counts as done. */
  of(trial: GpuTrial, trainer: Trainer): Promise<void> {
    const products = productsOf(trial);
    const known = this.#done.get(products);
    if (known) return known;
    const done = this.#last.then(async () => {
      const began = performance.now();
      const end = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
      try {
        const short = shortened(trial);
        await runTrial(runNameOf(`warm-up-${trial.precision}`, { trial: short, seed: 0 }), short, 0, trainer);
        console.log(`tuned ${products}: ${end()}`);
      } catch (error) {
        console.log(`not tuned, ${end()}: ${(error as Error).message}`);
      }
    });
    this.#done.set(products, done);
    this.#last = done;
    return done;
  }
}
