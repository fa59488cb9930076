// Trains a few steps, recorded or not, for tests that compare the two to the bit.
import { createHash } from "node:crypto";
import { type Augmentation, type Batch, loader, synthetic } from "@mlpconv/datasets";
import { type Recording, recorder, tf } from "@mlpconv/tensor";
import { vi } from "vitest";
import type { Optimizer } from "../src/index.js";
import { RecordedSteps } from "../src/recorded-steps.js";
import { trainStep, variablesOf } from "../src/train-step.js";

export const { train: images } = synthetic({ train: 22, test: 1 });

interface Way {
  losses: number[];
  /** All bits of them, and of the optimiser's state. */
  weights: string;
}

/** Four epochs of three batches, the last of them short; `between` is called before each step. */
export const trained = async (
  model: tf.LayersModel,
  optimizer: Optimizer,
  size: number,
  recorded: boolean,
  between = (_: tf.LayersModel, _step: number): void => {},
  augment: readonly Augmentation[] = [],
): Promise<Way> => {
  const steps = new RecordedSteps(model, optimizer);
  const batches = loader(images, { batchSize: 8, resize: size, augment });
  const losses: number[] = [];
  for (let epoch = 0; epoch < 4; epoch++) {
    for await (const batch of batches.epoch(epoch)) {
      between(model, losses.length);
      const rate = 0.01 / (1 + losses.length);
      const step = async (given: Batch) =>
        recorded
          ? (await steps.begin(given, rate, losses.length)).result
          : trainStep(model, given, optimizer, rate, losses.length);
      losses.push((await step(batch)).loss);
      tf.dispose([batch.x, batch.y]);
    }
  }
  const state = Object.values(optimizer.state(variablesOf(model))).flat();
  const weights = await bitsOf([...model.getWeights(), ...state]);
  steps.dispose();
  model.dispose();
  optimizer.dispose();
  return { losses, weights };
};

export const bitsOf = async (tensors: readonly tf.Tensor[]): Promise<string> => {
  const hash = createHash("sha256");
  for (const tensor of tensors) hash.update(await tensor.data<"float32">());
  return hash.digest("hex");
};

/** Watches what the engine captures from now on. */
export const captured = () => vi.spyOn(recorder()!, "capture");
/** What it captured: a recording, or undefined for a step that may not be replayed. */
export const recordings = (capture: ReturnType<typeof captured>): (Recording | undefined)[] =>
  capture.mock.results.map(({ value }) => value as Recording | undefined);
