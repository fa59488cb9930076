// A net beside PyTorch's values of it: the same parameters and pixels must give the same logits, loss and gradients, within tolerances.
import { softmaxCrossEntropy, tf } from "@mlpconv/tensor";
import { type GoldenCase, type GoldenName, goldenCase } from "@mlpconv/testing";
import { expect } from "vitest";
import { alexnet, lenet, nin, ninCifar, ninMnist, parameters, vgg } from "../src/index.js";

/** The weights come from PyTorch. */
const init = { weights: "zeros", biases: "zeros" } as const;

const nets: Record<GoldenName, () => tf.LayersModel> = {
  "lenet-28": () => lenet({ init }),
  "alexnet-224": () => alexnet({ init }),
  "vgg11-ratio4-224": () => vgg({ ratio: 4, init }),
  "nin-224": () => nin({ init }),
  "nin-96": () => nin({ inputShape: [96, 96, 1], init }),
  "nin-mnist-28": () => ninMnist({ init }),
  "nin-mnist-ratio4-28": () => ninMnist({ ratio: 4, init }),
  "nin-cifar-32": () => ninCifar({ init }),
};

/** The net with PyTorch's parameters. */
const filled = (golden: GoldenCase): tf.LayersModel => {
  const model = nets[golden.name]();
  for (const { key, shape, variable, fromTorch } of parameters(model)) {
    tf.tidy(() => variable.assign(fromTorch(tf.tensor(golden.parameter(key), shape))));
  }
  return model;
};

/** The largest magnitude. A plain loop: some gradients have 26 million entries. */
const largest = (values: ArrayLike<number>) => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
};

const normOf = (values: ArrayLike<number>) => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
};

/** How far the numbers may lie from PyTorch's. */
export interface Within {
  /** As a share of the largest logit. */
  logits: number;
  loss: number;
  /** As a share of a gradient's norm. */
  norm: number;
  /** A gradient's entry, as a share of the gradient's norm or, with `ofLargest`, of its largest entry. */
  entry: number;
  ofLargest?: boolean;
}

/** Compares a net's logits, loss and gradients on the current engine with PyTorch's. */
export const compareWithGolden = async (name: GoldenName, within: Within): Promise<void> => {
  const golden = goldenCase(name);
  const before = tf.memory().numTensors;
  const model = filled(golden);
  const x = tf.tidy(() => tf.transpose(tf.tensor4d(golden.pixels(), golden.input), [0, 2, 3, 1]));
  const labels = tf.tensor1d(golden.labels, "int32");

  const logits = model.apply(x) as tf.Tensor2D;
  expect(await logits.data()).toBeAllclose(golden.logits, {
    rtol: 0,
    atol: within.logits * largest(golden.logits),
  });

  const variables = parameters(model).map(({ variable }) => variable);
  const { value, grads } = tf.variableGrads(
    () => softmaxCrossEntropy(model.apply(x) as tf.Tensor2D, labels),
    variables,
  );
  expect(Math.abs((await value.data())[0]! - golden.loss)).toBeLessThan(within.loss);

  for (const { key, variable, toTorch } of parameters(model)) {
    const gradient = toTorch(grads[variable.name]!);
    const entries = await gradient.data();
    const expected = golden.gradients[key]!;
    const norm = normOf(entries);
    expect(Math.abs(norm / expected.norm - 1), `${key}: norm`).toBeLessThan(within.norm);
    expect(
      expected.at.map((index) => entries[index]!),
      `${key}: entries`,
    ).toBeAllclose(expected.value, {
      rtol: 0,
      atol: within.entry * (within.ofLargest ? largest(entries) : expected.norm),
    });
    gradient.dispose();
  }

  tf.dispose([x, labels, logits, value, grads]);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
};
