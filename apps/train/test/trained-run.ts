// A small run that has learned something, made in seconds and kept as `train` keeps it.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Dataset, loader } from "@mlpconv/datasets";
import { lenet } from "@mlpconv/models";
import { type tf, useEngine } from "@mlpconv/tensor";
import { fit, sgd } from "@mlpconv/trainer";
import { saveWeights } from "@mlpconv/weights/node";

export const config = {
  model: "lenet",
  preset: "quick",
  resize: 32,
  net: { init: { weights: "xavier", biases: "zeros" } },
  normalize: true,
  batchSize: 250,
  seed: 4,
  dataset: "fashion-mnist",
};

const options = { batchSize: 250, resize: 32, normalize: { mean: 0.286, std: 0.353 } };

/** The test images as the run sees them. */
export const testImages = ({ test }: Dataset) => loader(test, options);

/** Trains LeNet at 32x32 on some thousand images and writes config.json and last.safetensors; the model stays for comparison. */
export const makeRun = async (folder: string, data: Dataset): Promise<tf.LayersModel> => {
  await useEngine("auto");
  const model = lenet({ inputShape: [32, 32, 1], seed: config.seed });
  const train = loader(data.train, { ...options, batchSize: 50, limit: 12_000 });
  await fit(model, { train, optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), epochs: 1 });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  const metadata = { epoch: "1", testAccuracy: "0.5" };
  await saveWeights(model, join(folder, "last.safetensors"), { metadata, checksum: true });
  return model;
};
