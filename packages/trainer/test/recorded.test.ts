// A replayed step gives the same bits as the step without a recording, and is recorded again when a tensor that it uses has changed.
import { type Loader, loader, mixup } from "@mlpconv/datasets";
import { avgPool, conv2d, dense, dropout, flatten, sequential } from "@mlpconv/layers";
import { tf } from "@mlpconv/tensor";
import { eachEngine } from "@mlpconv/testing";
import { afterEach, expect, test, vi } from "vitest";
import {
  adamw,
  averageWeights,
  clipGradients,
  muon,
  type Optimizer,
  rmsprop,
  scaleRates,
  sgd,
  train,
} from "../src/index.js";
import { bitsOf, captured, images, recordings, trained } from "./recorded-training.js";
import { smallNin, smallSize } from "./small-nin.js";

/** Everything that `train` yields but times, and the bits of the weights at each event that promises them. */
const story = async (
  model: tf.LayersModel,
  optimizer: Optimizer,
  options: { maxInFlight: number; train?: Loader },
) => {
  const all: object[] = [];
  const events = train(model, {
    train: loader(images, { batchSize: 8 }),
    test: loader(images, { batchSize: 8 }),
    optimizer,
    epochs: 4,
    checkpoint: { steps: 5 },
    ...options,
  });
  let error: unknown;
  try {
    for await (const event of events) {
      const weights = event.type === "step" ? "not promised" : await bitsOf(model.getWeights());
      all.push({ ...withoutTimes(event), weights });
    }
  } catch (thrown) {
    error = String(thrown);
  }
  const state = Object.values(optimizer.state(model.trainableWeights.map((w) => w.read() as tf.Variable)));
  const end = {
    error,
    updates: optimizer.step,
    weights: await bitsOf(model.getWeights()),
    state: await bitsOf(state.flat()),
  };
  optimizer.dispose();
  model.dispose();
  return { all, end };
};

const withoutTimes = (value: object): object =>
  JSON.parse(JSON.stringify(value, (key, part) => (/second/i.test(key) ? undefined : part)));

// Without a ReLU, which may turn a NaN into zero. Each layer shape is a shader to compile, so the tests share two nets.
const padded = () =>
  sequential({ inputShape: [28, 28, 1], seed: 1 }, [
    conv2d(8, { kernel: 7, stride: 4, padding: 1, activation: "sigmoid" }),
    conv2d(8, { kernel: 3, stride: 2, padding: 1, activation: "sigmoid" }),
    avgPool(2),
    flatten(),
    dense(10, { activation: "linear" }),
  ]);

const nets = {
  "NiN by AdamW": [smallNin, () => adamw({ weightDecay: 0.1 }), smallSize],
  // As AlexNet, whose first convolution has zeros around its images, and ResNet, which has them between its layers.
  "a net with padding before strides, by SGD with momentum": [
    () => padded(),
    () => sgd({ learningRate: 1, momentum: 0.9, weightDecay: 0.01 }),
    28,
  ],
  "a net with padding before strides, by RMSprop with momentum, clipped, with averages": [
    () => padded(),
    () =>
      averageWeights(
        clipGradients(rmsprop({ learningRate: 0.001, momentum: 0.9, weightDecay: 0.1 }), 1),
        0.9,
      ),
    28,
  ],
} as const;

/** Dropout and AdamW as NiN has them, in a net that a software driver computes in a tenth of the time. */
const small = [
  () =>
    sequential({ inputShape: [28, 28, 1], seed: 1 }, [
      conv2d(8, { kernel: 7, stride: 4, padding: 1, activation: "sigmoid" }),
      dropout(0.5),
      conv2d(8, { kernel: 3, stride: 2, padding: 1, activation: "sigmoid" }),
      avgPool(2),
      flatten(),
      dense(10, { activation: "linear" }),
    ]),
  nets["NiN by AdamW"][1],
  28,
] as const;

afterEach(() => vi.restoreAllMocks());

await eachEngine(() => {
  test.each(Object.entries(nets))("%s", async (_, [model, optimizer, size]) => {
    const expected = await trained(model(), optimizer(), size, false);
    const before = tf.memory().numTensors;
    const capture = captured();
    expect(await trained(model(), optimizer(), size, true)).toEqual(expected);
    expect(tf.memory().numTensors).toBe(before);
    // One of whole batches, one of the short last batch.
    expect(recordings(capture).map((recording) => recording && recording.dispatches > 0)).toEqual([
      true,
      true,
    ]);
  });

  test("steps with rates of their own are not recorded, and are those of training without recordings", async () => {
    // Muon lacks the same method; its shaders take a software driver half a minute.
    expect(muon().replayAttributes).toBeUndefined();
    const optimizer = () => scaleRates(adamw(), ({ rank }) => (rank > 1 ? 0.2 : 1));
    const expected = await trained(padded(), optimizer(), 28, false);
    const capture = captured();
    expect(await trained(padded(), optimizer(), 28, true)).toEqual(expected);
    expect(capture).not.toHaveBeenCalled();
  });

  test("steps on averages of two images (mixup)", async () => {
    const [model, optimizer, size] = small;
    const train = (recorded: boolean) => trained(model(), optimizer(), size, recorded, undefined, [mixup(1)]);
    const expected = await train(false);
    const before = tf.memory().numTensors;
    const capture = captured();
    expect(await train(true)).toEqual(expected);
    expect(tf.memory().numTensors).toBe(before);
    expect(recordings(capture).map((recording) => recording && recording.dispatches > 0)).toEqual([
      true,
      true,
    ]);
    expect(expected).not.toEqual(await trained(model(), optimizer(), size, false));
  });

  test("a replayed step uses weights that were set between two steps", async () => {
    const halved = (model: tf.LayersModel, step: number) => {
      if (step === 7) model.setWeights(model.getWeights().map((weight) => tf.mul(weight, 0.5)));
    };
    const [model, optimizer, size] = small;
    const expected = await trained(model(), optimizer(), size, false, halved);
    const capture = captured();
    expect(await trained(model(), optimizer(), size, true, halved)).toEqual(expected);
    expect(recordings(capture).length).toBeGreaterThan(2);
  });

  test("a weight whose values another tensor shares is not written in place", async () => {
    const held: tf.Tensor[] = [];
    const holding = (model: tf.LayersModel, step: number) => {
      if (step === 7) held.push(...model.getWeights().map((weight) => weight.clone()));
    };
    const [model, optimizer, size] = small;
    const plain = await trained(model(), optimizer(), size, false, holding);
    const expected = await Promise.all(held.splice(0).map((tensor) => tensor.data()));
    expect(await trained(model(), optimizer(), size, true, holding)).toEqual(plain);
    expect(await Promise.all(held.map((tensor) => tensor.data()))).toEqual(expected);
  });

  test("steps that begin before the last loss is known emit the same events", async () => {
    const [model, optimizer] = small;
    const waiting = await story(model(), optimizer(), { maxInFlight: 0 });
    const running = await story(model(), optimizer(), { maxInFlight: 3 });
    expect(running).toEqual(waiting);
    expect(waiting.end.updates).toBe(12);
  });

  test("a loss that is not finite keeps later steps in flight from changing the weights", async () => {
    const broken = (): Loader => {
      const whole = loader(images, { batchSize: 8 });
      return {
        ...whole,
        async *epoch(n) {
          let breaks = n === 2;
          for await (const { x, y } of whole.epoch(n)) {
            yield { x: breaks ? tf.mul(x, Number.NaN) : x, y };
            breaks = false;
          }
        },
      };
    };
    const [model, optimizer] = nets["a net with padding before strides, by SGD with momentum"];
    const waiting = await story(model(), optimizer(), { maxInFlight: 0, train: broken() });
    const running = await story(model(), optimizer(), { maxInFlight: 3, train: broken() });
    expect(running).toEqual(waiting);
    expect(running.end).toMatchObject({ error: expect.stringContaining("got NaN at step 7"), updates: 6 });
  });

  test("a step is recorded again after a clone of a weight was disposed", async () => {
    let held: tf.Tensor[] = [];
    const holding = (model: tf.LayersModel, step: number) => {
      if (step === 3) held = model.getWeights().map((weight) => weight.clone());
      if (step === 4) tf.dispose(held);
    };
    const [model, optimizer, size] = small;
    const capture = captured();
    await trained(model(), optimizer(), size, true, holding);
    expect(recordings(capture).map((recording) => recording !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
}, ["webgpu"]);
