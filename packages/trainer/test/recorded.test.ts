// A recorded step is the step: the same bits as without a recording, for as long as nobody moves what it needs.
import { createHash } from "node:crypto";
import { type Batch, type Loader, loader, synthetic } from "@mlpconv/datasets";
import { lenet, ninMnist } from "@mlpconv/models";
import { type Recording, recorder, sgdStep, tf } from "@mlpconv/tensor";
import { eachEngine } from "@mlpconv/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { adamw, type Optimizer, sgd, train } from "../src/index.js";
import { RecordedSteps } from "../src/recorded-steps.js";
import { trainStep } from "../src/train-step.js";

const { train: images } = synthetic({ train: 22, test: 1 });

interface Way {
  losses: number[];
  /** All bits of them. */
  weights: string;
}

/** Four epochs of three batches, the last of them short; `between` is called before each step. */
const trained = async (
  model: tf.LayersModel,
  optimizer: Optimizer,
  size: number,
  recorded: boolean,
  between = (_: tf.LayersModel, _step: number): void => {},
): Promise<Way> => {
  const steps = new RecordedSteps(model, optimizer);
  const batches = loader(images, { batchSize: 8, resize: size });
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
  const weights = await bitsOf(model.getWeights());
  steps.dispose();
  model.dispose();
  optimizer.dispose();
  return { losses, weights };
};

const bitsOf = async (tensors: readonly tf.Tensor[]): Promise<string> => {
  const hash = createHash("sha256");
  for (const tensor of tensors) hash.update(await tensor.data<"float32">());
  return hash.digest("hex");
};

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

const nets = {
  "NiN by AdamW": [() => ninMnist({ ratio: 16, seed: 1 }), () => adamw({ weightDecay: 0.1 }), 28],
  "LeNet by SGD with momentum": [
    () => lenet({ seed: 1 }),
    () => sgd({ learningRate: 1, momentum: 0.9, weightDecay: 0.01 }),
    28,
  ],
} as const;

/** SGD whose rate falls with the number of the step. */
const invTime = (): Optimizer => ({
  learningRate: 1,
  step: 0,
  update(variables, gradients, learningRate) {
    const { SgdStep: changed } = this.replayAttributes!(learningRate, variables);
    const constants = { momentum: 0, nesterov: false, weightDecay: 0 };
    for (const variable of variables) {
      sgdStep(variable, gradients[variable.name]!, undefined, { learningRate, ...constants, ...changed });
    }
  },
  replayAttributes(learningRate) {
    this.step++;
    return { SgdStep: { learningRate: learningRate / this.step } };
  },
  state: () => ({}),
  dispose() {
    this.step = 0;
  },
});

const captured = () => vi.spyOn(recorder()!, "capture");
const recordings = (capture: ReturnType<typeof captured>): (Recording | undefined)[] =>
  capture.mock.results.map(({ value }) => value as Recording | undefined);

afterEach(() => vi.restoreAllMocks());

await eachEngine(() => {
  test.each(Object.entries(nets))("%s", async (_, [model, optimizer, size]) => {
    const expected = await trained(model(), optimizer(), size, false);
    const before = tf.memory().numTensors;
    const capture = captured();
    expect(await trained(model(), optimizer(), size, true)).toEqual(expected);
    expect(tf.memory().numTensors).toBe(before);
    // Of whole batches and of the short one.
    expect(recordings(capture).map((recording) => recording && recording.dispatches > 0)).toEqual([
      true,
      true,
    ]);
  });

  test("weights that are given other values between two steps", async () => {
    const halved = (model: tf.LayersModel, step: number) => {
      if (step === 7) model.setWeights(model.getWeights().map((weight) => tf.mul(weight, 0.5)));
    };
    const [model, optimizer, size] = nets["NiN by AdamW"];
    const expected = await trained(model(), optimizer(), size, false, halved);
    const capture = captured();
    expect(await trained(model(), optimizer(), size, true, halved)).toEqual(expected);
    expect(recordings(capture).length).toBeGreaterThan(2);
  });

  test("a weight that somebody else holds is not written where it lies", async () => {
    const held: tf.Tensor[] = [];
    const holding = (model: tf.LayersModel, step: number) => {
      if (step === 7) held.push(...model.getWeights().map((weight) => weight.clone()));
    };
    const [model, optimizer, size] = nets["NiN by AdamW"];
    const plain = await trained(model(), optimizer(), size, false, holding);
    const expected = await Promise.all(held.splice(0).map((tensor) => tensor.data()));
    expect(await trained(model(), optimizer(), size, true, holding)).toEqual(plain);
    expect(await Promise.all(held.map((tensor) => tensor.data()))).toEqual(expected);
  });

  test("steps that begin before the last one's loss is known are told of in the same way", async () => {
    const [model, optimizer] = nets["NiN by AdamW"];
    const waiting = await story(model(), optimizer(), { maxInFlight: 0 });
    const running = await story(model(), optimizer(), { maxInFlight: 3 });
    expect(running).toEqual(waiting);
    expect(waiting.end.updates).toBe(12);
  });

  test("a loss that is not finite keeps the weights from the steps that have begun behind it", async () => {
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
    // A ReLU may take a NaN for zero; LeNet has none.
    const [model, optimizer] = nets["LeNet by SGD with momentum"];
    const waiting = await story(model(), optimizer(), { maxInFlight: 0, train: broken() });
    const running = await story(model(), optimizer(), { maxInFlight: 3, train: broken() });
    expect(running).toEqual(waiting);
    expect(running.end).toMatchObject({ error: expect.stringContaining("got NaN at step 7"), updates: 6 });
  });

  test("a weight that somebody held once is recorded again", async () => {
    let held: tf.Tensor[] = [];
    const holding = (model: tf.LayersModel, step: number) => {
      if (step === 3) held = model.getWeights().map((weight) => weight.clone());
      if (step === 4) tf.dispose(held);
    };
    const [model, optimizer, size] = nets["NiN by AdamW"];
    const capture = captured();
    await trained(model(), optimizer(), size, true, holding);
    expect(recordings(capture).map((recording) => recording !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  describe("a step into which the host puts numbers of its own", () => {
    const flatten = () => tf.layers.flatten({ inputShape: [28, 28, 1] });
    const dense = () => tf.layers.dense({ units: 10, kernelInitializer: "zeros" });
    /** A layer that computes with the number of the step. */
    class ByStep extends tf.layers.Layer {
      static className = "ByStep";
      constructor(readonly compute: (x: tf.Tensor, step: number) => tf.Tensor) {
        super({});
      }
      override call([x]: tf.Tensor[], { step }: { step: number }): tf.Tensor {
        return this.compute(x!, step);
      }
      override computeOutputShape(shape: tf.Shape): tf.Shape {
        return shape;
      }
    }
    const layered = (compute: ByStep["compute"]) => (): Case => ({
      model: tf.sequential({ layers: [flatten(), dense(), new ByStep(compute)] }),
      optimizer: sgd({ learningRate: 1 }),
    });
    /** SGD that says how a step is replayed, but divides gradients by the number of the step in another way. */
    const optimized = (scaled: (gradient: tf.Tensor, step: number) => tf.Tensor) => (): Case => ({
      model: tf.sequential({ layers: [flatten(), dense()] }),
      optimizer: {
        ...sgd({ learningRate: 1 }),
        update(variables, gradients, learningRate) {
          this.step++;
          for (const variable of variables) {
            const gradient = tf.tidy(() => scaled(gradients[variable.name]!, this.step));
            sgdStep(variable, gradient, undefined, {
              learningRate,
              momentum: 0,
              nesterov: false,
              weightDecay: 0,
            });
            gradient.dispose();
          }
        },
      },
    });
    interface Case {
      model: tf.LayersModel;
      optimizer: Optimizer;
    }
    const reversal = (x: tf.Tensor, step: number) =>
      tf.customGrad((given) => ({
        value: tf.clone(given as tf.Tensor),
        gradFunc: (dy) => tf.mul(dy, tf.scalar(-1 / (step + 1))),
      }))(x);

    test.each<[string, () => Case]>([
      ["an optimiser's tf.scalar", optimized((gradient, step) => tf.div(gradient, tf.scalar(step)))],
      ["an optimiser's number beside a tensor", optimized((gradient, step) => tf.div(gradient, step))],
      ["an optimiser's tf.fill", optimized((gradient, step) => tf.div(gradient, tf.fill([], step)))],
      ["an optimiser's bounds", optimized((gradient, step) => tf.clipByValue(gradient, -1 / step, 1 / step))],
      ["a layer's tf.scalar", layered((x, step) => tf.mul(x, tf.scalar(1 / (step + 1))))],
      ["a layer's numbers from numbers", layered((x, step) => tf.mul(x, tf.add(tf.scalar(1), step)))],
      ["a layer's slope", layered((x, step) => tf.leakyRelu(x, 1 / (step + 1)))],
      ["a gradient's tf.scalar", layered(reversal)],
    ])("is not recorded: %s", async (_, made) => {
      const plain = made();
      const expected = await trained(plain.model, plain.optimizer, 28, false);
      const capture = captured();
      const { model, optimizer } = made();
      expect(await trained(model, optimizer, 28, true)).toEqual(expected);
      expect(recordings(capture)).toEqual([undefined, undefined, undefined]);
    });

    test("is not recorded: a mask of one number", async () => {
      const model = tf.sequential({
        layers: [
          flatten(),
          // One random number for the whole batch.
          tf.layers.dropout({ rate: 0.5, noiseShape: [1, 1], seed: 1 }),
          tf.layers.dense({ units: 10 }),
        ],
      });
      const capture = captured();
      await trained(model, sgd({ learningRate: 1 }), 28, true);
      expect(recordings(capture)).toEqual([undefined, undefined, undefined]);
    });
  });

  test("an optimiser of one's own that names what changes is recorded, and moves the weights as unrecorded", async () => {
    const model = () =>
      tf.sequential({
        layers: [
          tf.layers.flatten({ inputShape: [28, 28, 1] }),
          tf.layers.dense({ units: 10, kernelInitializer: "zeros" }),
        ],
      });
    const expected = await trained(model(), invTime(), 28, false);
    const capture = captured();
    expect(await trained(model(), invTime(), 28, true)).toEqual(expected);
    expect(recordings(capture).map((recording) => recording !== undefined)).toEqual([true, true]);
  });
}, ["webgpu"]);
