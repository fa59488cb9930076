// Gradients that are freed on the way: the values of tfjs's own, in less memory, and nothing left behind.
import { beforeAll, expect, test } from "vitest";
import { stream, tf, useEngine, variableGrads } from "../index.js";

beforeAll(() => useEngine("cpu"));

const variable = (shape: number[], name: string) =>
  tf.variable(tf.tensor(stream(0, name).normal(shape.reduce((a, b) => a * b, 1)), shape));

/** x; its gradient passes dy on as it is and notes how many bytes tensors hold at that moment. */
const watched = (x: tf.Tensor, bytes: number[]) =>
  tf.customGrad((y: tf.Tensor | tf.GradSaveFunc, save: tf.Tensor | tf.GradSaveFunc) => {
    (save as tf.GradSaveFunc)([y as tf.Tensor]);
    const gradFunc = (dy: tf.Tensor) => {
      bytes.push(tf.memory().numBytes);
      return dy;
    };
    return { value: tf.add(y as tf.Tensor, 0), gradFunc };
  })(x);

test("has the values of tf.variableGrads where branches meet, gradients are passed on and weights are shared", () => {
  const weights = variable([4, 4], "weights");
  const scale = variable([4], "scale");
  const x = variable([8, 4], "x");
  const loss = () => {
    const first = watched(tf.relu(tf.matMul(x as tf.Tensor2D, weights as tf.Tensor2D)), []);
    const second = tf.mul(tf.matMul(first as tf.Tensor2D, weights as tf.Tensor2D), scale);
    const [left, right] = tf.split(
      tf.add(tf.add(first, second), tf.concat([x, first], 1).slice([0, 2], [8, 4])),
      2,
      1,
    );
    return tf.mean(tf.mul(tf.clone(left!), tf.tanh(right!))) as tf.Scalar;
  };
  const variables = [weights, scale, x];
  const before = tf.memory().numTensors;
  const stock = tf.variableGrads(loss, variables);
  const ours = variableGrads(loss, variables);
  expect(ours.value.dataSync()).toEqual(stock.value.dataSync());
  expect(Object.keys(ours.grads)).toEqual(Object.keys(stock.grads));
  for (const [name, gradient] of Object.entries(stock.grads))
    expect(ours.grads[name]!.dataSync()).toEqual(gradient.dataSync());
  tf.dispose([stock.value, stock.grads, ours.value, ours.grads]);
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose(variables);
});

test("frees activations and gradients during the backward pass", () => {
  const LAYERS = 10;
  const x = variable([1000], "x");
  const growth = (gradients: typeof variableGrads) => {
    const bytes: number[] = [];
    const { value, grads } = gradients(() => {
      let y: tf.Tensor = x;
      for (let i = 0; i < LAYERS; i++) y = tf.square(watched(y, bytes));
      return tf.sum(y) as tf.Scalar;
    }, [x]);
    tf.dispose([value, grads]);
    expect(bytes).toHaveLength(LAYERS);
    return bytes.at(-1)! - bytes[0]!;
  };
  expect(growth(tf.variableGrads)).toBeGreaterThan(0);
  expect(growth(variableGrads)).toBeLessThan(-(LAYERS - 2) * x.size * 4);
  x.dispose();
});

test("keeps what an outer gradient needs", () => {
  const weights = variable([3], "weights");
  const secondOrder = (gradients: typeof variableGrads) =>
    tf.grad((x) => {
      const { value, grads } = gradients(() => tf.sum(tf.mul(tf.square(weights), x)) as tf.Scalar, [weights]);
      return tf.add(value, tf.sum(tf.square(grads[weights.name]!)));
    })(tf.tensor1d([1, 2, 3]));
  expect(secondOrder(variableGrads).dataSync()).toEqual(
    secondOrder(tf.variableGrads as typeof variableGrads).dataSync(),
  );
});
