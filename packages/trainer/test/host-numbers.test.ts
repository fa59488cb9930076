// A recorded step takes no number from the host that could be another one at the next step: such a step is done anew each time.
import { sgdStep, tf } from "@mlpconv/tensor";
import { eachEngine } from "@mlpconv/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { clipGradients, type Optimizer, sgd } from "../src/index.js";
import { captured, recordings, trained } from "./recorded-training.js";

const flatten = () => tf.layers.flatten({ inputShape: [28, 28, 1] });
const dense = () => tf.layers.dense({ units: 10, kernelInitializer: "zeros" });

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

afterEach(() => vi.restoreAllMocks());

await eachEngine(() => {
  describe("a step that uses numbers computed on the host", () => {
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

    test.each([
      ["a mask that is drawn for each step", {}],
      ["a mask of one number for the whole batch", { noiseShape: [1, 1] }],
    ])("is not recorded: %s", async (_, noise) => {
      const dropout = tf.layers.dropout({ rate: 0.5, seed: 1, ...noise });
      const model = tf.sequential({ layers: [flatten(), dropout, dense()] });
      const capture = captured();
      await trained(model, sgd({ learningRate: 1 }), 28, true);
      expect(recordings(capture)).toEqual([undefined, undefined, undefined]);
    });
  });

  test("a custom optimizer with replayAttributes is recorded, and updates the weights as without a recording", async () => {
    const model = () => tf.sequential({ layers: [flatten(), dense()] });
    const expected = await trained(model(), invTime(), 28, false);
    const capture = captured();
    expect(await trained(model(), invTime(), 28, true)).toEqual(expected);
    expect(recordings(capture).map((recording) => recording !== undefined)).toEqual([true, true]);
  });

  test("an optimizer with clipped gradients is recorded", async () => {
    const model = () => tf.sequential({ layers: [flatten(), dense()] });
    const optimizer = () => clipGradients(sgd({ learningRate: 1, momentum: 0.9 }), 0.5);
    const expected = await trained(model(), optimizer(), 28, false);
    expect(expected).not.toEqual(await trained(model(), sgd({ learningRate: 1, momentum: 0.9 }), 28, false));
    const capture = captured();
    expect(await trained(model(), optimizer(), 28, true)).toEqual(expected);
    expect(recordings(capture).map((recording) => recording !== undefined)).toEqual([true, true]);
  });

  test("a custom optimizer without replayAttributes is never recorded", async () => {
    const { replayAttributes: _, ...plain } = invTime();
    const capture = captured();
    const update: Optimizer["update"] = function (this: Optimizer, variables, gradients, learningRate) {
      this.step++;
      for (const variable of variables) {
        tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(gradients[variable.name]!, learningRate))));
      }
    };
    await trained(tf.sequential({ layers: [flatten(), dense()] }), { ...plain, update }, 28, true);
    expect(capture).not.toHaveBeenCalled();
  });
}, ["webgpu"]);
