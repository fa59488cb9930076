// Training on averages of two images: the loss is that of both labels by their shares, on every engine, in shards, and on any number of ranks.
import { type Batch, loader, mixup, shift, synthetic } from "@mlpconv/datasets";
import { ninMnist } from "@mlpconv/models";
import { softmaxCrossEntropy, tf } from "@mlpconv/tensor";
import { eachEngine, localGroups } from "@mlpconv/testing";
import { describe, expect, test } from "vitest";
import { disposingTargets, stepTensors } from "../src/batch-loss.js";
import { type Group, sgd, train } from "../src/index.js";
import { lossAndGradients } from "../src/train-step.js";

const data = synthetic({ train: 22, test: 1, seed: 3 });
const build = () => ninMnist({ inputShape: [12, 12, 1], ratio: 16, seed: 1, lastRelu: false, dropout: 0 });
const batches = () =>
  loader(data.train, { batchSize: 6, resize: 12, shuffle: true, seed: 5, augment: [shift(2), mixup(1)] });

const figuresOf = async (model: tf.LayersModel, batch: Batch) => {
  const tensors = await stepTensors(model, batch, {});
  const { loss, right, gradients } = disposingTargets(tensors, () => lossAndGradients(model, tensors, 0));
  const numbers = {
    loss: (await loss.data())[0]!,
    right: (await right.data())[0]!,
    gradients: await Promise.all(
      Object.keys(gradients)
        .sort()
        .map(async (name) => [...(await gradients[name]!.data())]),
    ),
  };
  tf.dispose([loss, right, gradients]);
  return numbers;
};

/** One row of a tensor's first axis. */
const row = <T extends tf.Tensor>(tensor: T, i: number) => tf.slice(tensor, i, 1) as T;

/** Weights, steps and loss of an epoch. */
const trained = async (options: { group?: Group; shards?: number }) => {
  const model = build();
  const optimizer = sgd({ learningRate: 0.1 });
  const steps: object[] = [];
  for await (const event of train(model, { train: batches(), optimizer, epochs: 2, ...options }))
    if (event.type === "step") steps.push({ loss: event.loss, accuracy: event.trainAccuracy });
  const weights = await Promise.all(model.getWeights().map(async (w) => [...(await w.data())]));
  model.dispose();
  optimizer.dispose();
  return { steps, weights };
};

await eachEngine((engine) => {
  describe("mixup", () => {
    test("the loss and its gradients are the sum of those of both labels by their shares", async () => {
      const model = build();
      const before = tf.memory().numTensors;
      for await (const batch of batches()) {
        const { x, y, mix } = batch;
        const labels = await y.data();
        const mixed = await figuresOf(model, batch);
        // Two separate losses for each image, added up by hand.
        let loss = 0;
        let right = 0;
        const gradients = mixed.gradients.map((each) => each.map(() => 0));
        for (let i = 0; i < labels.length; i++) {
          const image = row(x, i);
          const both: [label: number, share: number][] = [
            [labels[i]!, mix!.shares[i]!],
            [mix!.labels[i]!, 1 - mix!.shares[i]!],
          ];
          for (const [j, [label, share]] of both.entries()) {
            const one = tf.tensor1d([label], "int32");
            const alone = await figuresOf(model, { x: image, y: one });
            loss += (share * alone.loss) / labels.length;
            if (j === 0) right += alone.right;
            for (const [g, values] of alone.gradients.entries())
              for (const [k, value] of values.entries()) gradients[g]![k]! += (share * value) / labels.length;
            one.dispose();
          }
          image.dispose();
        }
        expect(mixed.loss).toBeCloseTo(loss, 5);
        expect(mixed.right).toBe(right);
        for (const [g, values] of mixed.gradients.entries())
          expect(values).toBeAllclose(gradients[g]!, { rtol: 1e-3, atol: 1e-5 });
        tf.dispose([x, y]);
        break;
      }
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    });

    test("two images of one class have the loss of that class", async () => {
      const model = build();
      const x = tf.randomUniform([6, 12, 12, 1], 0, 1, "float32", 1) as tf.Tensor4D;
      const y = tf.tensor1d([1, 2, 3, 4, 5, 6], "int32");
      const mix = {
        labels: Uint16Array.of(1, 2, 3, 4, 5, 6),
        shares: Float32Array.of(0.5, 0.75, 1, 0.5, 0.6, 0.9),
      };
      const mixed = await figuresOf(model, { x, y, mix });
      const alone = await figuresOf(model, { x, y });
      expect(mixed.right).toBe(alone.right);
      for (const [g, values] of mixed.gradients.entries())
        expect(values).toBeAllclose(alone.gradients[g]!, { rtol: 1e-3, atol: 1e-5 });
      const plain = tf.tidy(() => softmaxCrossEntropy(model.apply(x) as tf.Tensor2D, y));
      expect(mixed.loss).toBeCloseTo((await plain.data())[0]!, 5);
      tf.dispose([x, y, plain]);
      model.dispose();
    });

    // `webgpu` on a software driver takes half a minute for each of these.
    test.skipIf(engine.name === "webgpu")(
      "an epoch is the same on 1, 2 and 4 ranks, and as one shard",
      async () => {
        const alone = await trained({ shards: 4 });
        expect(alone.steps).toHaveLength(8);
        for (const size of [2, 4])
          for (const each of await Promise.all(
            localGroups(size).map((group) => trained({ group, shards: 4 })),
          ))
            expect(each).toEqual(alone);
        const whole = await trained({});
        expect(await trained({ shards: 1 })).toEqual(whole);
        for (const [i, { loss }] of (whole.steps as { loss: number }[]).entries())
          expect((alone.steps[i] as { loss: number }).loss).toBeCloseTo(loss, 4);
      },
    );
  });
});
