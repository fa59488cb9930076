// A small run that has learned something, made by `train` itself.
import { join } from "node:path";
import { type Dataset, loader } from "@mlpconv/datasets";
import { lenet } from "@mlpconv/models";
import type { Summary } from "@mlpconv/runs";
import { type tf, useEngine } from "@mlpconv/tensor";
import { loadWeights } from "@mlpconv/weights/node";
import { run } from "./program.js";

/** Trains LeNet at 32x32 for a while in `folder`, as the run "small"; gives its summary and its model. */
export const makeRun = async (folder: string): Promise<{ summary: Summary; model: tf.LayersModel }> => {
  const args =
    "train --engine wasm --model lenet --resize 32 --limit 12800 --batch-size 16 --epochs 1 --run small --json";
  const { code, stdout, stderr } = await run(args.split(" "), folder);
  if (code !== 0) throw new Error(stderr);
  await useEngine("wasm");
  const model = lenet({ inputShape: [32, 32, 1] });
  await loadWeights(model, join(folder, "runs", "small", "best.safetensors"), { checksum: true });
  return { summary: JSON.parse(stdout), model };
};

/** The test images as that run sees them. */
export const testImages = ({ test }: Dataset) =>
  loader(test, { batchSize: 16, resize: 32, normalize: { mean: 0.286, std: 0.353 } });

/** The first test images as that run sees them, batch by batch. */
export const imagesAsTrained = async (data: Dataset, count: number): Promise<tf.Tensor[]> => {
  const batches: tf.Tensor[] = [];
  for await (const { x } of testImages(data)) {
    batches.push(x.clone());
    if (batches.reduce((sum, { shape }) => sum + shape[0]!, 0) >= count) break;
  }
  return batches;
};
