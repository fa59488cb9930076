// One case of the exercise about memory, in a process that does nothing else.
import { loader, synthetic } from "@mlpconv/datasets";
import { nin } from "@mlpconv/models";
import { tf, useEngine } from "@mlpconv/tensor";
import { evaluate, fit, sgd } from "@mlpconv/trainer";

export interface Case {
  /** Side of the images in pixels. */
  size: number;
  what: "train" | "predict";
  batchSize: number;
}

export interface Memory {
  engine: string;
  /** The most that tfjs's tensors took at once, in bytes. */
  tensorBytes: number;
  /** The most that the process held, and what it held before the net was built, in bytes. */
  peakRss: number;
  rssBefore: number;
}

export const build = (size: number) => nin({ inputShape: [size, size, 1], lastRelu: false });

/** Two batches: what the first one allocates, the second uses again. What the images show makes no difference to memory. */
export const measureMemory = async ({ size, what, batchSize }: Case): Promise<Memory> => {
  const engine = await useEngine("auto");
  const { train } = synthetic({ train: 2 * batchSize, test: 1 });
  const images = loader(train, { batchSize, resize: size });
  const rssBefore = process.memoryUsage().rss;
  const model = build(size);
  const optimizer = sgd({ learningRate: 0.01, momentum: 0.9 });
  const { peakBytes } = await tf.profile(async () => {
    if (what === "train") await fit(model, { train: images, optimizer, epochs: 1 });
    else await evaluate(model, images);
    return tf.scalar(0);
  });
  // In kilobytes on every system that Node supports.
  return {
    engine: engine.name,
    tensorBytes: peakBytes,
    peakRss: process.resourceUsage().maxRSS * 1024,
    rssBefore,
  };
};
