// `bench loader`: how fast batches come, beside how fast the engine trains on them.
import { loader, synthetic } from "@mlpconv/datasets";
import { nin } from "@mlpconv/models";
import { type EngineName, tf, useEngine } from "@mlpconv/tensor";
import { sgd, train } from "@mlpconv/trainer";
import { writeResults } from "./results.js";
import { median } from "./statistics.js";

export interface LoaderBenchOptions {
  engine: EngineName | "auto";
  size: number;
  batch: number;
  /** Batches whose median counts, after one that does not. */
  batches: number;
  /** Training steps that are timed beside them. */
  steps: number;
}

/** Seconds between batches, when nobody does anything with them. */
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

/** Images a second in NiN's training step on such batches. */
const trainingSpeed = async ({ size, batch, steps }: LoaderBenchOptions): Promise<number> => {
  const { train: split } = synthetic({ train: batch * steps, test: 1 });
  const options = {
    train: loader(split, { batchSize: batch, resize: size }),
    optimizer: sgd({ learningRate: 0.01 }),
    epochs: 1,
  };
  let speed = 0;
  for await (const event of train(nin({ inputShape: [size, size, 1] }), options)) {
    if (event.type === "step") speed = event.examplesPerSecond;
  }
  return speed;
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
