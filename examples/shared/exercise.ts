// What the exercises share: flags, the engine, the data, and one net trained and measured.
import { parseArgs } from "node:util";
import { fashionMnist, loader, synthetic } from "@mlpconv/datasets";
import { summary } from "@mlpconv/models";
import { type tf, useEngine } from "@mlpconv/tensor";
import { cosine, evaluate, fit, sgd } from "@mlpconv/trainer";

export interface Measured {
  net: string;
  parameters: number;
  /** Multiply-adds for one image forward. */
  multiplyAccumulates: number;
  /** Training speed, with loading and testing outside the clock. */
  imagesPerSecond: number;
  /** Cross-entropy over training images after training, with dropout off, in nats. */
  loss: number;
  /** Accuracy over the same images, at most 10,000 of them. */
  trainAccuracy: number;
  testAccuracy: number;
  testImages: number;
}

export interface Lab {
  seed: number;
  /** Trains a net as every other one of the exercise, and measures it. */
  measure(net: string, model: tf.LayersModel): Promise<Measured>;
}

/** @throws RangeError for a flag that is no whole number from `least` up */
const wholeNumber = (flag: string, text: string, least: number): number => {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(`--${flag}: expected a whole number from ${least} up, got "${text}"`);
};

/** Reads --limit, --epochs, --seed and --synthetic, starts the engine and finds the data. */
export const openLab = async (defaults: { limit: number; epochs: number }): Promise<Lab> => {
  const { values } = parseArgs({
    options: {
      limit: { type: "string", default: String(defaults.limit) },
      epochs: { type: "string", default: String(defaults.epochs) },
      seed: { type: "string", default: "0" },
      synthetic: { type: "boolean", default: false },
    },
  });
  const limit = wholeNumber("limit", values.limit, 1);
  const epochs = wholeNumber("epochs", values.epochs, 1);
  const seed = wholeNumber("seed", values.seed, 0);
  const engine = await useEngine("auto");
  const data = values.synthetic ? synthetic({ train: limit, test: 250, seed }) : await fashionMnist();

  const options = { normalize: { mean: 0.286, std: 0.353 }, seed };
  const training = loader(data.train, { ...options, limit, batchSize: 32, shuffle: true });
  const seen = loader(data.train, { ...options, limit: Math.min(training.examples, 10_000), batchSize: 250 });
  const unseen = loader(data.test, { ...options, batchSize: 250 });
  console.log(
    `${data.name}, ${training.examples} training images, ${epochs} epochs, seed ${seed}, ` +
      `on ${engine.name}: ${engine.device}\n`,
  );

  const measure = async (net: string, model: tf.LayersModel): Promise<Measured> => {
    const { parameters, multiplyAccumulates } = summary(model);
    const { examplesPerSecond } = await fit(model, {
      train: training,
      optimizer: sgd({ learningRate: 0.03, momentum: 0.9 }),
      schedule: cosine({ warmup: 0.1 }),
      epochs,
    });
    const { loss, accuracy } = await evaluate(model, seen);
    const test = await evaluate(model, unseen);
    model.dispose();
    return {
      net,
      parameters,
      multiplyAccumulates,
      imagesPerSecond: examplesPerSecond,
      loss,
      trainAccuracy: accuracy,
      testAccuracy: test.accuracy,
      testImages: test.examples,
    };
  };
  return { seed, measure };
};
