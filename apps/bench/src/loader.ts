// `bench loader`: how fast batches come, beside how fast the engine trains on them.
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
  /** Batches whose median counts, after one that does not. */
  batches: number;
  /** Training steps whose median counts. */
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

/** Steps that do not count: the first ones find their memory. */
const WARM_UP = 2;

/** Images a second in NiN's training step at that size. */
const trainingSpeed = async ({ size, batch, steps }: LoaderBenchOptions): Promise<number> => {
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
