import { type Loader, loader, synthetic } from "@mlpconv/datasets";
import { lenet } from "@mlpconv/models";
import { tf, useEngine } from "@mlpconv/tensor";
import { toyLoader, toyModel } from "@mlpconv/testing";
import { beforeAll, describe, expect, test } from "vitest";
import {
  averageWeights,
  DivergedError,
  evaluate,
  fit,
  type Optimizer,
  sgd,
  type TrainEvent,
  train,
  withAverages,
} from "./index.js";

beforeAll(() => useEngine("cpu"));

const collect = async (events: AsyncIterable<TrainEvent>) => {
  const all: TrainEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

const rate = (learningRate: number) => sgd({ learningRate });

describe("train", () => {
  test("tells start, every step, every epoch and the end, in this order", async () => {
    const options = { train: toyLoader(10, 4), test: toyLoader(6, 4), optimizer: rate(0.1), epochs: 2 };
    const events = await collect(train(toyModel(), options));
    const epoch = ["step", "step", "step", "epoch"];
    expect(events.map(({ type }) => type)).toEqual(["start", ...epoch, ...epoch, "end"]);
    expect(events[0]).toEqual({ type: "start", epochs: 2, stepsPerEpoch: 3, examples: 10, parameters: 6 });
    expect(events.at(-2)).toMatchObject({ type: "epoch", epoch: 2, step: 6 });
    expect(events.at(-1)).toMatchObject({ interrupted: false, testAccuracy: expect.any(Number) });
  });

  test("learns: the loss falls and the held-out examples are classified right", async () => {
    const options = { train: toyLoader(400, 8), test: toyLoader(100, 32, 1), optimizer: rate(3), epochs: 15 };
    const end = await fit(toyModel(), options);
    expect(end.loss).toBeLessThan(0.25);
    expect(end.testAccuracy).toBeGreaterThan(0.9);
  });

  test("an epoch's loss is the mean over examples, the short last batch weighed by its size", async () => {
    // Rate 0 and zero weights: every batch has loss ln 2 exactly, and class 0 is always the answer.
    const loader = toyLoader(10, 4);
    const zeros = await fit(toyModel(), { train: loader, optimizer: rate(0), epochs: 1 });
    expect(zeros.loss).toBeCloseTo(Math.log(2), 6);
    let labels = 0;
    for await (const { y } of loader) for (const label of y.dataSync()) labels += label;
    expect(zeros.trainAccuracy).toBeCloseTo((10 - labels) / 10, 6);
  });

  test("tests validation examples apart from test examples, also with averaged weights", async () => {
    const [validation, test] = [toyLoader(20, 8, 1), toyLoader(30, 8, 2)];
    const model = toyModel();
    const optimizer = averageWeights(rate(0.5), 0.9);
    const options = { train: toyLoader(40, 4), validation, test, optimizer, epochs: 1 };
    const end = await fit(model, options);
    const [held, tested] = [await evaluate(model, validation), await evaluate(model, test)];
    expect(end).toMatchObject({
      validationAccuracy: held.accuracy,
      validationLoss: held.loss,
      testAccuracy: tested.accuracy,
      testLoss: tested.loss,
    });
    const averaged = await withAverages(model, optimizer, () => evaluate(model, validation));
    expect(averaged.loss).not.toBe(held.loss);
    expect(end).toMatchObject({
      averageValidationAccuracy: averaged.accuracy,
      averageValidationLoss: averaged.loss,
    });
    const { test: _, ...untested } = options;
    const alone = await fit(toyModel(), { ...untested, optimizer: rate(0.5) });
    expect(alone).toMatchObject({ validationLoss: held.loss });
    expect(alone).not.toHaveProperty("testLoss");
    optimizer.dispose();
  });

  test("multiplies the learning rate by the schedule", async () => {
    const options = {
      train: toyLoader(8, 4),
      optimizer: rate(0.5),
      schedule: (step: number, total: number) => (step + 1) / total,
      epochs: 2,
    };
    const rates = (await collect(train(toyModel(), options))).flatMap((e) =>
      e.type === "step" ? [e.learningRate] : [],
    );
    expect(rates).toEqual([0.125, 0.25, 0.375, 0.5]);
  });

  test("keeps tensors and bytes flat over 200 steps", async () => {
    const model = toyModel();
    const sizes = new Set<string>();
    const options = {
      train: toyLoader(800, 8),
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
      epochs: 2,
    };
    for await (const event of train(model, options)) {
      const { numTensors, numBytes } = tf.memory();
      if (event.type === "step") sizes.add(`${numTensors} tensors, ${numBytes} bytes`);
    }
    expect(sizes.size).toBe(1);
  });

  test("ends after the running step when it is aborted, and says so", async () => {
    const controller = new AbortController();
    const options = { train: toyLoader(40, 4), test: toyLoader(8, 4), optimizer: rate(0.1), epochs: 3 };
    const events: TrainEvent[] = [];
    for await (const event of train(toyModel(), { ...options, signal: controller.signal })) {
      events.push(event);
      if (event.type === "step" && event.step === 14) controller.abort();
    }
    expect(events.filter(({ type }) => type === "step")).toHaveLength(14);
    const end = events.at(-1)!;
    expect(end).toMatchObject({ type: "end", interrupted: true, epoch: 2, step: 14 });
    expect(end).not.toHaveProperty("testAccuracy");
  });

  test("is interrupted, too, when the last epoch's test was", async () => {
    const controller = new AbortController();
    const test = toyLoader(8, 4);
    const aborting: Loader = {
      ...test,
      epoch: (n) => {
        controller.abort();
        return test.epoch(n);
      },
    };
    const options = { train: toyLoader(8, 4), test: aborting, optimizer: rate(0.1), epochs: 1 };
    expect(await fit(toyModel(), { ...options, signal: controller.signal })).toMatchObject({
      interrupted: true,
      step: 2,
    });
  });

  test("a signal that is aborted before the first step ends it with the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error("no time"));
    await expect(
      fit(toyModel(), { train: toyLoader(4, 4), optimizer: rate(0.1), epochs: 1, signal }),
    ).rejects.toThrow("no time");
  });

  test("stops at a loss that is not finite with the step, and keeps the weights from before it", async () => {
    const model = toyModel();
    const broken: Loader = {
      ...toyLoader(12, 4),
      async *epoch() {
        for await (const { x, y } of toyLoader(12, 4)) {
          yield seen++ === 2 ? { x: tf.mul(x, Number.NaN), y } : { x, y };
        }
      },
    };
    let seen = 0;
    const error = await fit(model, { train: broken, optimizer: rate(0.1), epochs: 1 }).catch(
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(DivergedError);
    expect(error).toMatchObject({ epoch: 1, step: 3 });
    expect(String(error)).toMatch(
      /expected a finite loss, got NaN at step 3 .*try a tenth of the learning rate/,
    );
    const [kernel] = model.getWeights();
    expect(kernel!.dataSync().every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
  });

  test.each([
    { options: { epochs: 0 }, message: "expected epochs to be a whole number, at least 1, got 0" },
    { options: { epochs: 1.5 }, message: "at least 1, got 1.5" },
    {
      options: { maxInFlight: -1 },
      message: "expected maxInFlight to be a whole number, at least 0, got -1",
    },
    {
      options: { train: { ...toyLoader(4, 4), batches: 0 } },
      message: "expected at least one batch to learn from",
    },
  ])("refuses: $message", async ({ options, message }) => {
    const all = { train: toyLoader(4, 4), optimizer: rate(0.1), epochs: 1, ...options };
    await expect(fit(toyModel(), all)).rejects.toThrow(message);
  });

  test("says in the user's terms when images or labels do not fit the model", async () => {
    const wide: Loader = {
      ...toyLoader(4, 4),
      async *epoch() {
        yield { x: tf.zeros<tf.Rank.R4>([4, 1, 3, 1]), y: tf.zeros<tf.Rank.R1>([4], "int32") };
      },
    };
    const options = { optimizer: rate(0.1), epochs: 1 };
    await expect(fit(toyModel(), { ...options, train: wide })).rejects.toThrow(
      "expected images [1,2,1] for this model, got [1,3,1]",
    );
    await expect(fit(toyModel(1), { ...options, train: toyLoader(9, 9) })).rejects.toThrow(
      /expected labels from 0 to 0, the model's classes, got 1 for example \d of batch 0/,
    );
  });

  test.each([7, -1])(
    "names an example with label %s, in any batch, in train and in evaluate",
    async (label) => {
      const wrong: Loader = {
        ...toyLoader(12, 4),
        async *epoch() {
          let batch = 0;
          for await (const { x, y } of toyLoader(12, 4)) {
            yield batch++ === 2 ? { x, y: tf.tensor1d([0, 1, label, 0], "int32") } : { x, y };
          }
        },
        [Symbol.asyncIterator]: () => wrong.epoch(0)[Symbol.asyncIterator](),
      };
      const message = `expected labels from 0 to 1, the model's classes, got ${label} for example 2 of batch 2`;
      const options = { optimizer: rate(0.1), epochs: 1 };
      await expect(fit(toyModel(), { ...options, train: wrong })).rejects.toThrow(`train: ${message}`);
      await expect(evaluate(toyModel(), wrong)).rejects.toThrow(`evaluate: ${message}`);
    },
  );

  test("names an example whose label is no class before the first step, of a loader that tells its labels", async () => {
    const { train: images } = synthetic({ train: 20 });
    const labels = images.labels.map((label, i) => (i === 13 ? 12 : label));
    const data = loader({ ...images, labels }, { batchSize: 10 });
    const events: TrainEvent[] = [];
    const run = async (which: object) => {
      const all = { train: loader(images, { batchSize: 10 }), optimizer: rate(0.1), epochs: 1, ...which };
      for await (const event of train(lenet(), all)) events.push(event);
    };
    const message = "expected labels from 0 to 9, the model's classes, got 12 for";
    await expect(run({ train: data })).rejects.toThrow(`train: ${message} example 13;`);
    await expect(run({ test: data })).rejects.toThrow(`train: ${message} test example 13;`);
    await expect(evaluate(lenet(), data)).rejects.toThrow(`evaluate: ${message} example 13;`);
    expect(events).toEqual([]);
  });

  test.each([
    ["size", { resize: 32, channels: 1 }, "expected test images [28,28,1] for this model, got [32,32,1]"],
    ["channels", { resize: 28, channels: 3 }, "expected test images [28,28,1] for this model, got [28,28,3]"],
  ])("refuses a test set of another %s before the first step", async (_, { resize, channels }, message) => {
    const { train: images } = synthetic({ train: 10 });
    const shape = [10, 28, 28, channels] as const;
    const other = { ...images, shape, images: new Uint8Array(10 * 28 * 28 * channels) };
    const options = {
      train: loader(images, { batchSize: 10 }),
      test: loader(other, { batchSize: 10, resize }),
      optimizer: rate(0.1),
      epochs: 1,
    };
    await expect(train(lenet(), options).next()).rejects.toThrow(message);
    await expect(evaluate(lenet(), options.test)).rejects.toThrow(message.replace("test ", ""));
  });

  test("counts what is trained, and refuses a model of which nothing is", async () => {
    const model = lenet();
    const options = {
      train: loader(synthetic({ train: 10 }).train, { batchSize: 10 }),
      optimizer: rate(0.1),
      epochs: 1,
    };
    for (const layer of model.layers.slice(0, 4)) layer.trainable = false;
    const { value: start } = await train(model, options).next();
    expect(start).toMatchObject({ type: "start", parameters: 61706 - 156 - 2416 });
    for (const layer of model.layers) layer.trainable = false;
    await expect(train(model, options).next()).rejects.toThrow(
      "train: expected a model with weights to train, got 10 weights and each of them frozen; set layer.trainable = true",
    );
  });
});

describe("weights that are not finite end training", () => {
  /** A dead ReLU in front of the logits: a bias of -Infinity in it leaves the loss finite. */
  const deadModel = () =>
    tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [1, 2, 1] }),
        tf.layers.dense({ name: "hidden", units: 2, activation: "relu" }),
        tf.layers.dense({ name: "logits", units: 2 }),
      ],
    });
  const optimizerThat = (spoils: (variable: tf.Variable, step: number) => boolean): Optimizer => ({
    learningRate: 0.1,
    step: 0,
    update(variables) {
      this.step++;
      for (const variable of variables) {
        if (spoils(variable, this.step)) variable.assign(tf.fill(variable.shape, -Infinity));
      }
    },
    state: () => ({}),
    dispose: () => {},
  });
  const isHiddenBias = ({ name }: tf.Variable) => name.includes("hidden/bias");

  test("before the first step", async () => {
    const model = deadModel();
    model.getLayer("hidden").setWeights([tf.ones([2, 2]), tf.tensor1d([0, -Infinity])]);
    const data = { train: toyLoader(8, 4), optimizer: rate(0.1), epochs: 1 };
    const error = await fit(model, data).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DivergedError);
    expect(String(error)).toMatch(
      /expected finite weights, got -Infinity in hidden\/bias.* before the first step/,
    );
  });

  test("at the end of the epoch, before its event, though the loss is finite", async () => {
    const events: TrainEvent[] = [];
    const optimizer = optimizerThat((variable, step) => isHiddenBias(variable) && step === 2);
    const data = { train: toyLoader(8, 4), test: toyLoader(4, 4), optimizer, epochs: 1 };
    const run = async () => {
      for await (const event of train(deadModel(), data)) events.push(event);
    };
    await expect(run()).rejects.toThrow(DivergedError);
    expect(events.map(({ type }) => type)).toEqual(["start", "step", "step"]);
  });

  test("before a checkpoint", async () => {
    const events: TrainEvent[] = [];
    const optimizer = optimizerThat((variable, step) => isHiddenBias(variable) && step === 2);
    const data = { train: toyLoader(40, 4), optimizer, epochs: 1, checkpoint: { steps: 1 } };
    const run = async () => {
      for await (const event of train(deadModel(), data)) events.push(event);
    };
    await expect(run()).rejects.toThrow(/expected finite weights, got -Infinity .* after step 2/);
    expect(events.filter(({ type }) => type === "checkpoint")).toHaveLength(1);
  });

  test("and so does a test loss that is not", async () => {
    const broken: Loader = {
      ...toyLoader(4, 4),
      async *epoch() {
        for await (const { x, y } of toyLoader(4, 4)) yield { x: tf.mul(x, Number.NaN), y };
      },
    };
    const data = { train: toyLoader(8, 4), test: broken, optimizer: rate(0.1), epochs: 1 };
    await expect(fit(toyModel(), data)).rejects.toThrow(/expected a finite test loss, got NaN after step 2/);
  });
});

describe("evaluate", () => {
  test("refuses a loader without examples", async () => {
    const empty: Loader = { ...toyLoader(4, 4), async *epoch() {} };
    await expect(evaluate(toyModel(), empty)).rejects.toThrow(
      "evaluate: expected at least one example, got none",
    );
  });

  test("counts every example, the short last batch too", async () => {
    const { loss, accuracy, examples } = await evaluate(toyModel(), toyLoader(10, 4));
    expect(examples).toBe(10);
    expect(loss).toBeCloseTo(Math.log(2), 6);
    expect(accuracy * 10).toBeCloseTo(Math.round(accuracy * 10), 9);
  });
});
