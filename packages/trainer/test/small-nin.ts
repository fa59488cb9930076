// Twenty steps of a small NiN, for tests that compare trainings.
import { loader, synthetic } from "@mlpconv/datasets";
import { ninMnist } from "@mlpconv/models";
import { type EngineName, useEngine } from "@mlpconv/tensor";
import { type Optimizer, train } from "../src/index.js";

const { train: images } = synthetic({ train: 80, test: 1 });

/** So small that a software driver compiles its shaders in seconds; drivers keep them, so suites share one shape and batches of 4. */
export const smallNin = () => ninMnist({ ratio: 16, inputShape: [14, 14, 1], lastRelu: false, seed: 1 });
export const smallSize = 14;

/** The loss of each step: the same weights, batches and dropout masks each time. */
export const losses = async (engine: EngineName, optimizer: Optimizer): Promise<number[]> => {
  await useEngine(engine);
  const model = smallNin();
  const seen: number[] = [];
  const options = {
    train: loader(images, { batchSize: 4, resize: smallSize, shuffle: true, seed: 1 }),
    optimizer,
    epochs: 1,
  };
  for await (const event of train(model, options)) if (event.type === "step") seen.push(event.loss);
  model.dispose();
  optimizer.dispose();
  return seen;
};
