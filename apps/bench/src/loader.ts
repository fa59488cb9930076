// `bench loader`: measures how fast batches are loaded, compared with the engine's training speed.
import { loader, synthetic } from "@mlpconv/datasets";
import { nin } from "@mlpconv/models";
import { type EngineName, tf, useEngine } from "@mlpconv/tensor";
import { writeResults } from "./results.js";
import { median } from "./statistics.js";
import { trainSteps } from "./train-steps.js";

export interface LoaderBenchOptions {
  engine: EngineName | "auto";
  size: number;
  batch: number;
  /** Number of batches, of which the median is reported, after one for warming up. */
  batches: number;
  /** Number of training steps, of which the median is reported. */
  steps: number;
}

/** Seconds between batches when the consumer does no work. */
const secondsPerBatch = async (options: LoaderBenchOptions): Promise<number> => {
  const { train: split } = synthetic({ train: options.batch * (options.batches + 1), test: 1 });
  const seconds: number[] = [];
  let before = performance.now();
  for await (const { x, y } of loader(split, {
    batchSize: options.batch,
    resize: options.size,
    shuffle: true,
    flip: true,
  })) {
    await x.data();
    seconds.push((performance.now() - before) / 1000);
    tf.dispose([x, y]);
    before = performance.now();
  }
  return median(seconds.slice(1));
};

/** Steps for warming up, in which memory is allocated. */
const WARM_UP = 2;

/** Images a second of NiN's training step at that size. */
export const trainingSpeed = async ({ size, batch, steps }: LoaderBenchOptions): Promise<number> => {
  const build = () => nin({ inputShape: [size, size, 1] });
  const seconds: number[] = [];
  for await (const step of trainSteps({ build, size }, batch, steps + WARM_UP)) seconds.push(step);
  return batch / median(seconds.slice(WARM_UP));
};

export const benchLoader = async (options: LoaderBenchOptions) => {
  const engine = await useEngine(options.engine);
  const loaded = options.batch / (await secondsPerBatch(options));
  const trained = await trainingSpeed(options);
  const figures = {
    case: `nin-${options.size}`,
    batch: options.batch,
    engine: engine.name,
    loaderImagesPerSecond: loaded,
    trainingImagesPerSecond: trained,
    ratio: loaded / trained,
  };
  console.log(
    `${figures.case} batch ${figures.batch} on ${engine.name}: loader ${loaded.toFixed(0)} images/s, training ${trained.toFixed(1)} images/s, ratio ${figures.ratio.toFixed(1)}`,
  );
  console.log(`written to ${writeResults("loader", engine.name, undefined, { rows: [figures] })}`);
};
