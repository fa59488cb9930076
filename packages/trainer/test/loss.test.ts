// Smoothed labels and weighted classes: PyTorch's loss and gradients, on every engine and in shards.
import { loader, mixup, synthetic } from "@mlpconv/datasets";
import { ninMnist } from "@mlpconv/models";
import { tf } from "@mlpconv/tensor";
import { eachEngine } from "@mlpconv/testing";
import { describe, expect, test } from "vitest";
import { batchLoss, type LossOptions, stepTensors } from "../src/batch-loss.js";
import { balancedClassWeights, sgd, train } from "../src/index.js";

const logits = [1.5, -0.3, 0.2, 2, 0.1, 0.4, -1.2, 0, 3, -2, 0.5, 0.7];
const classWeights = [0.5, 2, 1.5, 0.25];

/** torch 2.13: cross_entropy(logits, [3, 0, 2], weight, label_smoothing, reduction="sum") / 3, and its gradient. */
const pytorch: { options: LossOptions; loss: number; gradient: number[] }[] = [
  {
    options: { labelSmoothing: 0.1 },
    loss: 1.5660828,
    gradient: [
      0.099662, 0.0095182, 0.0210988, -0.1302791, -0.2138304, 0.1192323, 0.0174217, 0.0771764, 0.271995,
      -0.0064445, -0.2853226, 0.0197721,
    ],
  },
  {
    options: { classWeights },
    loss: 1.5989305,
    gradient: [
      0.0269988, 0.0044629, 0.007358, -0.0388198, -0.1194152, 0.0637828, 0.0128775, 0.0427549, 0.4204925,
      0.0028333, -0.4654839, 0.0421581,
    ],
  },
  {
    options: { labelSmoothing: 0.2, classWeights },
    loss: 1.8126141,
    gradient: [
      0.0362148, -0.0259696, -0.0128592, 0.0026141, -0.0837836, 0.0448006, -0.009225, 0.0482081, 0.3876305,
      -0.0306654, -0.3924974, 0.0355322,
    ],
  },
];

const build = () => ninMnist({ inputShape: [12, 12, 1], ratio: 16, seed: 1, lastRelu: false, dropout: 0 });
const data = synthetic({ train: 22, test: 1, seed: 3 });

/** Losses of an epoch's steps. */
const losses = async (loss: LossOptions, shards: number): Promise<number[]> => {
  const model = build();
  const optimizer = sgd({ learningRate: 0.1 });
  const batches = loader(data.train, {
    batchSize: 6,
    resize: 12,
    shuffle: true,
    seed: 5,
    augment: [mixup(1)],
  });
  const seen: number[] = [];
  for await (const event of train(model, { train: batches, optimizer, epochs: 1, shards, loss }))
    if (event.type === "step") seen.push(event.loss);
  model.dispose();
  optimizer.dispose();
  return seen;
};

await eachEngine((engine) => {
  test.each(pytorch)("the loss with $options is PyTorch's", async ({ options, loss, gradient }) => {
    const four = tf.sequential({ layers: [tf.layers.dense({ units: 4, inputShape: [4] })] });
    const x = tf.zeros([3, 1, 1, 1]) as tf.Tensor4D;
    const y = tf.tensor1d([3, 0, 2], "int32");
    const tensors = await stepTensors(four, { x, y }, options);
    const { value, grad } = tf.valueAndGrad((z: tf.Tensor2D) => batchLoss(z, tensors))(
      tf.tensor2d(logits, [3, 4]),
    );
    expect((await value.data())[0]).toBeCloseTo(loss, 5);
    expect(await grad.data()).toBeAllclose(gradient, { rtol: 1e-5, atol: 1e-6 });
  });

  // `webgpu` on a software driver takes half a minute for each of these.
  test.skipIf(engine.name === "webgpu")(
    "an epoch with smoothed labels, weighted classes and mixup has the same losses in shards",
    async () => {
      const options = { labelSmoothing: 0.1, classWeights: classWeights.concat(1, 1, 0, 2, 1, 1) };
      const whole = await losses(options, 1);
      expect(whole).not.toEqual(await losses({}, 1));
      for (const [i, loss] of (await losses(options, 4)).entries()) expect(loss).toBeCloseTo(whole[i]!, 4);
    },
  );
});

describe("balancedClassWeights", () => {
  test("gives all classes the same sum", () =>
    expect(balancedClassWeights([0, 0, 0, 1, 3, 3], 4)).toEqual([0.5, 1.5, 0, 0.75]));

  test("refuses a label that is no class", () =>
    expect(() => balancedClassWeights([0, 4], 4)).toThrow(
      "balancedClassWeights: expected labels from 0 to 3, got 4 for example 1",
    ));
});

describe("train refuses", () => {
  const first = async (loss: LossOptions) => {
    for await (const _ of train(build(), {
      train: loader(data.train, { batchSize: 6, resize: 12 }),
      optimizer: sgd({ learningRate: 0.1 }),
      epochs: 1,
      loss,
    }))
      return;
  };

  test.each([
    [{ labelSmoothing: 1 }, "expected loss.labelSmoothing to be from 0 to below 1, got 1"],
    [{ classWeights }, "expected 10 loss.classWeights, one for each class, got 4"],
    [
      { classWeights: [1, 1, Number.NaN, 1, 1, 1, 1, 1, 1, 1] },
      "expected loss.classWeights to be at least 0 and finite, got NaN for class 2",
    ],
  ])("%j", (loss, message) => expect(first(loss)).rejects.toThrow(message));
});
