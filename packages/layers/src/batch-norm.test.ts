// Batch normalisation by PyTorch's rules, and fused with what stands behind it: the same numbers as stock layers one after another.
import { softmaxCrossEntropy, tf, useEngine } from "@mlpconv/tensor";
import "@mlpconv/testing";
import { describe, expect, test } from "vitest";
import {
  batchNorm,
  conv2d,
  dense,
  globalAvgPool,
  type Part,
  parallel,
  residual,
  sequential,
} from "./index.js";

await useEngine("cpu");

const values = [1, 2, 3, 6, -1, 4]; // [6, 1]: mean 2.5, variance 4.916667, unbiased 5.9
const x = tf.tensor2d(values, [6, 1]);
const build = (options = {}) => sequential({ inputShape: [1] }, [batchNorm(options)]);
const dataOf = async (tensor: unknown) => Array.from(await (tensor as tf.Tensor).data());
const close = { rtol: 1e-5, atol: 1e-6 };

describe("batchNorm", () => {
  test("normalises by the batch in training, and moves the running statistics a tenth of the way, the variance unbiased", async () => {
    const model = build();
    const expected = values.map((value) => (value - 2.5) / Math.sqrt(4.9166667 + 1e-5));
    expect(await dataOf(model.apply(x, { training: true }))).toBeAllclose(expected, close);
    const [, , mean, variance] = model.getWeights();
    expect(await dataOf(mean)).toBeAllclose([0.25], close);
    expect(await dataOf(variance)).toBeAllclose([0.9 + 0.59], close);
    const running = values.map((value) => (value - 0.25) / Math.sqrt(1.49 + 1e-5));
    expect(await dataOf(model.apply(x))).toBeAllclose(running, close);
  });

  test("hands the statistics over where they are asked for, and then moves nothing", async () => {
    const model = build({ momentum: 0.3 });
    const given: [number, number, number][] = [];
    const runningMeans = ({ value, scale, share }: { value: tf.Tensor; scale: number; share: number }) =>
      void given.push([value.dataSync()[0]!, scale, share]);
    (model.apply(x, { training: true, runningMeans }) as tf.Tensor).dispose();
    expect(given.flat()).toBeAllclose([2.5, 1, 0.3, 4.9166667, 1.2, 0.3], close);
    expect(await dataOf(model.getWeights()[2])).toEqual([0]);
  });

  test("that is frozen uses the running statistics in training too", async () => {
    const model = build({ activation: "relu" });
    model.layers[0]!.trainable = false;
    const expected = values.map((value) => Math.max(0, value / Math.sqrt(1 + 1e-5)));
    expect(await dataOf(model.apply(x, { training: true }))).toBeAllclose(expected, close);
    expect(await dataOf(model.getWeights()[2])).toEqual([0]);
  });

  test("of one value a channel is an error in training", () => {
    expect(() => build().apply(tf.zeros([1, 1]), { training: true })).toThrow(
      'batchNorm "0": expected at least two values a channel in training, got 1 from [1,1]',
    );
  });

  test.each([
    [{ momentum: 0 }, "batchNorm: expected momentum above 0 and up to 1, got 0"],
    [{ epsilon: 0 }, "batchNorm: expected epsilon above 0 and below 1, got 0"],
  ])("a wrong option is an error (%#)", (options, message) => {
    expect(() => batchNorm(options)).toThrow(message);
  });
});

const plain = { kernel: 3, padding: 1, bias: false, activation: "linear" } as const;
const body = (filters: number, stride = 1): Part => ({
  conv1: conv2d(filters, { ...plain, stride }),
  bn1: batchNorm({ activation: "relu" }),
  conv2: conv2d(filters, plain),
  bn2: batchNorm(),
});
const shortcut = { downsample: [conv2d(6, { ...plain, kernel: 1, padding: 0, stride: 2 }), batchNorm()] };
const net = () =>
  sequential(
    { inputShape: [6, 6, 2], seed: 1 },
    {
      conv1: conv2d(4, plain),
      bn1: batchNorm({ activation: "relu" }),
      layer1: [residual(body(4)), residual(body(6, 2), { shortcut })],
      branches: parallel([[], conv2d(3, { kernel: 1 }), residual(body(6), { activation: "linear" })]),
      pool: globalAvgPool(),
      fc: dense(3),
    },
  );

describe("a model with branches", () => {
  const images = tf.randomNormal<tf.Rank.R4>([4, 6, 6, 2], 0, 1, "float32", 1);
  const labels = tf.tensor1d([0, 2, 1, 1], "int32");

  /** Opened by tfjs alone: none of our classes, so nothing is fused. */
  const stock = async (model: tf.LayersModel) => {
    let artifacts: tf.io.ModelArtifacts = {};
    await model.save(
      tf.io.withSaveHandler(async (given) => {
        artifacts = given;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
    return tf.loadLayersModel(tf.io.fromMemory(artifacts));
  };

  test("names its layers as PyTorch's modules", () => {
    const names = net()
      .layers.filter(({ weights }) => weights.length > 0)
      .map(({ name }) => name);
    expect(names.toSorted()).toEqual(
      [
        ..."conv1 bn1 layer1.0.conv1 layer1.0.bn1 layer1.0.conv2 layer1.0.bn2".split(" "),
        ..."layer1.1.conv1 layer1.1.bn1 layer1.1.conv2 layer1.1.bn2".split(" "),
        ..."layer1.1.downsample.0 layer1.1.downsample.1 branches.branches.1".split(" "),
        ...["conv1", "bn1", "conv2", "bn2"].map((name) => `branches.branches.2.${name}`),
        "fc",
      ].toSorted(),
    );
  });

  test("gives the logits, the loss and the gradients of stock layers, in training and after it", async () => {
    const ours = net();
    const theirs = await stock(ours);
    expect(theirs.layers.map((layer) => layer.constructor)).not.toContain(ours.layers[2]!.constructor);
    expect(await dataOf(ours.apply(images))).toBeAllclose(await dataOf(theirs.apply(images)), close);
    const trained = (model: tf.LayersModel, options: object) => {
      const { value, grads } = tf.variableGrads(
        () =>
          softmaxCrossEntropy(
            model.apply(images, { training: true, step: 0, ...options }) as tf.Tensor2D,
            labels,
          ),
        model.trainableWeights.map((weight) => weight.read() as tf.Variable),
      );
      const inOrder = model.trainableWeights.map((weight) => grads[(weight.read() as tf.Variable).name]!);
      return [value, ...inOrder];
    };
    // If the options name the model, additions and ReLUs are one operation with the normalisation in front of them.
    const other = trained(theirs, {});
    for (const mine of [trained(ours, { model: ours }), trained(ours, { runningMeans: () => undefined })]) {
      expect(mine).toHaveLength(other.length);
      for (const [i, tensor] of mine.entries())
        expect(await dataOf(tensor)).toBeAllclose(await dataOf(other[i]), { rtol: 1e-4, atol: 1e-5 });
    }
    // The means agree; tfjs remembers the biased variance.
    for (const [i, weight] of ours.weights.entries())
      if (weight.name.includes("mean"))
        expect(await dataOf(weight.read())).toBeAllclose(await dataOf(theirs.weights[i]!.read()), close);
  });

  test("gives the outputs of stock layers where a model has those within a block as outputs", async () => {
    const ours = net();
    const theirs = await stock(ours);
    const outputs = (whole: tf.LayersModel) => {
      const within = ["bn1", "layer1.0.bn2", "layer1.0.add"].map((name) => whole.getLayer(name).output);
      const model = tf.model({ inputs: whole.inputs, outputs: within as tf.SymbolicTensor[] });
      return model.apply(images, { training: true, model }) as tf.Tensor[];
    };
    const expected = outputs(theirs);
    for (const [i, tensor] of outputs(ours).entries())
      expect(await dataOf(tensor)).toBeAllclose(await dataOf(expected[i]), { rtol: 1e-4, atol: 1e-5 });
  });

  test("leaves no tensor behind", () => {
    const model = net();
    const step = () =>
      tf.dispose(
        tf.variableGrads(() =>
          softmaxCrossEntropy(model.apply(images, { training: true, model, step: 0 }) as tf.Tensor2D, labels),
        ),
      );
    step();
    const before = tf.memory().numTensors;
    step();
    (model.apply(images) as tf.Tensor).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each<[string, () => unknown, string]>([
    [
      "a sum of different shapes",
      () => sequential({ inputShape: [6, 6, 2] }, [residual(conv2d(4, plain))]),
      'residual: expected body and shortcut of "0.add" to give the same shape, got [6,6,4] and [6,6,2]',
    ],
    [
      "maps of different sizes side by side",
      () => sequential({ inputShape: [6, 6, 2] }, [parallel([[], conv2d(4, { kernel: 3 })])]),
      'parallel: expected branches of "0.cat" to give maps of the same size, got [6,6,2] and [4,4,4]',
    ],
    ["one branch", () => parallel([[]]), "parallel: expected at least two branches, got 1"],
    [
      "an image that is too small for a branch",
      () =>
        sequential({ inputShape: [2, 2, 1] }, [
          residual([conv2d(1, { kernel: 3 }), conv2d(1, { kernel: 1, padding: 1 })]),
        ]),
      "the net needs at least 3x3",
    ],
  ])("%s is an error", (_, make, message) => {
    expect(make).toThrow(message);
  });
});
