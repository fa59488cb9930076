// `train` and `evaluate` refuse wrong arguments before a weight changes, with an error that names the argument; no tensor leaks, and the engine
// still works.
import { loader, synthetic } from "@mlpconv/datasets";
import { tf, useEngine } from "@mlpconv/tensor";
import { eachEngine, toyLoader, toyModel } from "@mlpconv/testing";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { evaluate, fit, sgd, type TrainOptions } from "../src/index.js";

type Given = Partial<Record<keyof TrainOptions, unknown>>;

const run = async (given: Given, model = toyModel()) => {
  const options = { train: toyLoader(8, 4), optimizer: sgd({ learningRate: 0.1 }), epochs: 1, ...given };
  return fit(model, options as TrainOptions);
};

/** A loader of batches made by hand, two examples each. */
const batches = (given: number, said: number, make: () => object) => ({
  batches: said,
  examples: 2 * said,
  batchSize: 2,
  async *epoch() {
    for (let i = 0; i < given; i++) yield make();
  },
});
const good = () => ({ x: tf.zeros([2, 1, 2, 1]), y: tf.tensor1d([0, 1], "int32") });
const mixed = (others: number[], shares: number[] | undefined) => ({
  ...good(),
  mix: { labels: Uint16Array.from(others), shares: shares && Float32Array.from(shares) },
});
const labels = (...values: number[]) => ({ x: tf.zeros([2, 1, 2, 1]), y: tf.tensor1d(values, "int32") });

const rows: [name: string, given: Given, message: string][] = [
  ["no loader", { train: undefined }, "train: expected train to be a loader, got undefined"],
  ["an array for a loader", { train: [good] }, "train: expected train to be a loader, got an object with 0"],
  ["null for a test loader", { test: null }, "train: expected test to be a loader, got null"],
  [
    "no optimiser",
    { optimizer: undefined },
    "train: expected optimizer to be an optimiser of this package, got undefined",
  ],
  [
    "second labels for fewer images than there are",
    { train: batches(1, 1, () => mixed([1], [0.5, 0.5])) },
    "expected 2 labels in mix of batch 0, one for each image, got 1",
  ],
  [
    "no shares",
    { train: batches(1, 1, () => mixed([1, 0], undefined)) },
    "expected 2 shares in mix of batch 0, one for each image, got none",
  ],
  [
    "a second label that is no class",
    { train: batches(1, 1, () => mixed([1, 9], [0.5, 0.5])) },
    "got 9 for the second label of example 1 of batch 0",
  ],
  [
    "a share below a half",
    { train: batches(1, 1, () => mixed([1, 0], [0.5, 0.25])) },
    "expected a share from 0.5 to 1 for example 1 of batch 0, both counted from 0, got 0.25",
  ],
  [
    "test images that are averages of two",
    { test: batches(1, 1, () => mixed([1, 0], [0.5, 0.5])) },
    "evaluate: expected images as they are, got averages of two in batch 0; give a loader without mixup",
  ],
  ["an optimiser's name", { optimizer: "sgd" }, 'got "sgd"; use for example sgd('],
  [
    "a stock optimiser",
    { optimizer: tf.train.sgd(0.1) },
    "train: expected optimizer to be an optimiser of this package, got an object",
  ],
  [
    "a number for a schedule",
    { schedule: 0.1 },
    "train: expected schedule to be a function of (step, totalSteps), got 0.1",
  ],
  [
    "a schedule of NaN",
    { schedule: () => Number.NaN },
    "expected a learning rate of at least 0 and finite at step 1, got NaN",
  ],
  [
    "a schedule that returns nothing",
    { schedule: () => undefined },
    "at step 1, got NaN; the schedule must give",
  ],
  ["a schedule below 0", { schedule: (step: number) => 1 - 2 * step }, "at step 2, got -0.1"],
  [
    "checkpoints after 0 steps",
    { checkpoint: { steps: 0 } },
    "train: expected checkpoint.steps to be a whole number, at least 1, got 0",
  ],
  [
    "checkpoints after NaN seconds",
    { checkpoint: { seconds: Number.NaN } },
    "train: expected checkpoint.seconds to be at least 0, got NaN",
  ],
  [
    "a loader that gives nothing",
    { train: batches(0, 1, good) },
    "train: expected 1 batches in epoch 1, the loader's number, got 0",
  ],
  [
    "a loader that gives fewer batches",
    { train: batches(1, 3, good) },
    "train: expected 3 batches in epoch 1, the loader's number, got 1",
  ],
  [
    "a loader that gives more batches",
    { train: batches(3, 1, good) },
    "train: expected 1 batches in epoch 1, the loader's number, got 3",
  ],
];

beforeAll(() => useEngine("cpu"));

describe("train refuses", () => {
  test.each(rows)("%s", async (_, given, message) => {
    await expect(run(given)).rejects.toThrow(message);
  });

  test("an invalid learning rate before it changes a weight", async () => {
    const model = toyModel();
    await run({ schedule: () => Number.NaN }, model).catch(() => {});
    for (const weight of model.getWeights()) expect(new Set(weight.dataSync())).toEqual(new Set([0]));
  });

  test("models with two inputs or two outputs, as evaluate does", async () => {
    const [a, b] = [tf.input({ shape: [1, 2, 1] }), tf.input({ shape: [1, 2, 1] })];
    const dense = (x: tf.SymbolicTensor) =>
      tf.layers.dense({ units: 2 }).apply(tf.layers.flatten().apply(x)) as tf.SymbolicTensor;
    const sum = tf.layers.add().apply([a, b]) as tf.SymbolicTensor;
    const twoInputs = tf.model({ inputs: [a, b], outputs: dense(sum) });
    const inputs = "expected a model with one input, images, got [batch,1,2,1] and [batch,1,2,1]";
    await expect(run({}, twoInputs)).rejects.toThrow(`train: ${inputs}`);
    await expect(evaluate(twoInputs, toyLoader(4, 4))).rejects.toThrow(`evaluate: ${inputs}`);
    const twoOutputs = tf.model({ inputs: a, outputs: [dense(a), dense(a)] });
    const outputs = "expected a model that gives logits [batch, classes], got [batch,2] and [batch,2]";
    await expect(run({}, twoOutputs)).rejects.toThrow(`train: ${outputs}`);
    await expect(evaluate(twoOutputs, toyLoader(4, 4))).rejects.toThrow(`evaluate: ${outputs}`);
  });
});

describe("with layers of the user's own", () => {
  const model = (dense: { kernelRegularizer?: "l1l2" }) =>
    tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [1, 2, 1] }),
        tf.layers.dense({ units: 2, name: "regularized", ...dense }),
        new Failing({}),
      ],
    });

  /** Fails in its n-th call, after it has computed and kept what its gradient needs. */
  class Failing extends tf.layers.Layer {
    static className = "Failing";
    left = 2;
    override call(inputs: tf.Tensor | tf.Tensor[]) {
      const y = tf.tanh([inputs].flat()[0]!);
      if (--this.left === 0) throw new Error("no more");
      return y;
    }
  }

  test("train refuses regularizers, which it would ignore", async () => {
    await expect(run({}, model({ kernelRegularizer: "l1l2" }))).rejects.toThrow(
      "train: expected layers without regularizers, which are not part of its loss, got 1 in regularized",
    );
  });

  test("a layer that throws leaves no tensor behind", async () => {
    const failing = model({});
    const before = tf.memory().numTensors;
    await expect(run({}, failing)).rejects.toThrow("no more");
    expect(tf.memory().numTensors).toBe(before);
  });
});

await eachEngine((engine) => {
  beforeEach(async () => {
    await useEngine(engine.name);
  });

  const wrong: [name: string, make: () => object][] = [
    ["a label too large", () => labels(0, 2)],
    ["a label below 0", () => labels(-1, 0)],
    ["labels as floats", () => ({ x: tf.zeros([2, 1, 2, 1]), y: tf.tensor1d([0, 1]) })],
    ["images of another size", () => ({ x: tf.zeros([2, 3, 3, 1]), y: tf.tensor1d([0, 1], "int32") })],
    ["a batch without examples", () => ({ x: tf.zeros([0, 1, 2, 1]), y: tf.tensor1d([], "int32") })],
    ["a batch without labels", () => ({ x: tf.zeros([2, 1, 2, 1]) })],
  ];

  test.each(wrong)("%s leaves no tensor behind, and the next training works", async (_, make) => {
    const model = toyModel();
    await run({}, model);
    const given = batches(1, 1, make);
    const count = async (what: () => Promise<unknown>) => {
      const before = tf.memory().numTensors;
      await expect(what()).rejects.toThrow(/^(train|evaluate): expected/);
      return tf.memory().numTensors - before;
    };
    expect(await count(() => run({ train: given }, model))).toBe(0);
    expect(await count(() => evaluate(model, given as never))).toBe(0);
    await run({}, model);
    model.dispose();
  });

  test("evaluate refuses logits that are not numbers, and names the weight", async () => {
    const { test: images } = synthetic({ train: 1, test: 6 });
    const model = tf.sequential({
      layers: [tf.layers.flatten({ inputShape: [28, 28, 1] }), tf.layers.dense({ units: 10, name: "last" })],
    });
    const [kernel, bias] = model.getWeights();
    const masked = async (value: number) => {
      const values = await bias!.data();
      values[3] = value;
      model.setWeights([kernel!, tf.tensor1d(values)]);
      return evaluate(model, loader(images, { batchSize: 4 }));
    };
    await expect(masked(Number.NaN)).rejects.toThrow(
      /^evaluate: expected logits that are numbers, got a loss of NaN and NaN in last\/bias\S*; load weights of a run that has not diverged$/,
    );
    await expect(masked(Number.POSITIVE_INFINITY)).rejects.toThrow(
      "got a loss of NaN and Infinity in last/bias",
    );
    // A class that is ruled out: PyTorch's loss of an example of it is Infinity.
    expect(await masked(Number.NEGATIVE_INFINITY)).toMatchObject({
      loss: Number.POSITIVE_INFINITY,
      examples: 6,
    });
    model.dispose();
  });
});
