// Batch normalisation on the fallbacks, against its formula in stock operations.
import { beforeAll, describe, expect, test } from "vitest";
import { batchNorm, batchNormInference, stream, tf, useEngine } from "../index.js";

beforeAll(() => useEngine("cpu"));

const random = (shape: number[], name: string) =>
  tf.tensor(stream(0, name).normal(shape.reduce((a, b) => a * b, 1)), shape);
const distance = (a: tf.Tensor, b: tf.Tensor) => {
  expect(a.shape).toEqual(b.shape);
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!);
};

const inputs = () => {
  const x = tf.add(tf.mul(random([3, 5, 4, 6], "x"), 3), 2);
  const [scale, offset] = ["scale", "offset"].map((name) => random([6], name) as tf.Tensor1D);
  return { x, scale: scale!, offset: offset!, add: random([3, 5, 4, 6], "add") };
};

const stock = (
  [x, scale, offset, add]: tf.Tensor[],
  activation: string,
  { mean, variance } = tf.moments(x!, [0, 1, 2]),
) => {
  const normal = tf.div(tf.sub(x!, mean), tf.sqrt(tf.add(variance, 1e-5)));
  const linear = tf.add(tf.mul(normal, scale!), offset!);
  const sum = add ? tf.add(linear, add) : linear;
  return activation === "relu" ? tf.relu(sum) : sum;
};

describe.each(["linear", "relu"] as const)("with activation %s", (activation) => {
  test.each([true, false])("has the value and gradients of the formula, residual: %s", (residual) => {
    const { x, scale, offset, add } = inputs();
    const operands = [x, scale, offset, ...(residual ? [add] : [])];
    const ours = ([x, scale, offset, add]: tf.Tensor[]) =>
      batchNorm(x!, scale as tf.Tensor1D, offset as tf.Tensor1D, { activation, ...(add && { add }) }).y;
    expect(distance(ours(operands), stock(operands, activation))).toBeLessThan(1e-5);
    const gradients = (f: (operands: tf.Tensor[]) => tf.Tensor) =>
      tf.grads((...given) => tf.sum(tf.square(f(given))))(operands);
    const expected = gradients((given) => stock(given, activation));
    for (const [i, gradient] of gradients(ours).entries())
      expect(distance(gradient, expected[i]!)).toBeLessThan(1e-3);
  });

  test.each([true, false])("does the same with given statistics, residual: %s", (residual) => {
    const { x, scale, offset, add } = inputs();
    const statistics = [random([6], "mean"), tf.abs(random([6], "variance"))];
    const operands = [x, scale, offset, ...statistics, ...(residual ? [add] : [])];
    const ours = ([x, scale, offset, mean, variance, add]: tf.Tensor[]) =>
      batchNormInference(
        x!,
        scale as tf.Tensor1D,
        offset as tf.Tensor1D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        { activation, ...(add && { add }) },
      );
    const formula = ([x, scale, offset, mean, variance, add]: tf.Tensor[]) =>
      stock([x!, scale!, offset!, ...(add ? [add] : [])], activation, { mean: mean!, variance: variance! });
    expect(distance(ours(operands), formula(operands))).toBeLessThan(1e-5);
    const gradients = (f: typeof ours) => tf.grads((...given) => tf.sum(tf.square(f(given))))(operands);
    const expected = gradients(formula);
    for (const [i, gradient] of gradients(ours).entries()) {
      const size = tf.max(tf.abs(expected[i]!)).dataSync()[0]!;
      expect(distance(gradient, expected[i]!)).toBeLessThan(1e-4 * Math.max(1, size));
    }
  });
});

test("returns the mean and the biased variance of each channel", () => {
  const x = tf.tensor2d([
    [1, 10],
    [3, 10],
    [8, 40],
  ]);
  const { mean, variance } = batchNorm(x, tf.ones([2]), tf.zeros([2]));
  expect([...mean.dataSync()]).toEqual([4, 20]);
  expect(variance.dataSync()[0]).toBeCloseTo(26 / 3, 5);
  expect(variance.dataSync()[1]).toBeCloseTo(200, 3);
});

test("leaves no tensor behind", () => {
  const { x, scale, offset, add } = inputs();
  const before = tf.memory().numTensors;
  const gradients = tf.tidy(() =>
    tf.grads((x, scale, offset, add) =>
      tf.sum(batchNorm(x!, scale as tf.Tensor1D, offset as tf.Tensor1D, { activation: "relu", add: add! }).y),
    )([x, scale, offset, add]),
  );
  expect(tf.memory().numTensors).toBe(before + 4);
  tf.dispose(gradients);
});

test("says which tensor does not fit", () => {
  const { x, scale, offset } = inputs();
  expect(() => batchNorm(x, random([5], "s") as tf.Tensor1D, offset)).toThrow(
    "batchNorm: expected scale [6], one value for each channel, got [5]",
  );
  expect(() => batchNorm(x, scale, offset, { add: random([5, 4, 6], "a") })).toThrow(
    "batchNorm: expected add [3,5,4,6], the shape of x, got [5,4,6]",
  );
  expect(() => batchNorm(tf.cast(x, "int32"), scale, offset)).toThrow(
    "batchNorm: expected x as float32, got int32",
  );
  expect(() => batchNorm(tf.zeros([0, 6]), scale, offset)).toThrow(
    "batchNorm: expected at least one value for each channel, got x [0,6]",
  );
  expect(() => batchNorm(x, scale, offset, { epsilon: -1 })).toThrow(
    "batchNorm: expected epsilon as a number from 0 up, got -1",
  );
  expect(() => batchNormInference(x, scale, offset, scale, random([1], "v") as tf.Tensor1D)).toThrow(
    "batchNormInference: expected variance [6]",
  );
});
