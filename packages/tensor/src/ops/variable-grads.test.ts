// Gradients that are freed on the way: the values of tfjs's own, in less memory, and nothing left behind.
import { beforeAll, describe, expect, test } from "vitest";
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

/** An operation with two inputs and gradients of the user's own. */
const custom = (gradients: (dy: tf.Tensor) => [tf.Tensor, tf.Tensor]) => (a: tf.Tensor, b: tf.Tensor) =>
  tf.customGrad((x, y) => ({
    value: tf.add(x as tf.Tensor, y as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => gradients(dy),
  }))(a, b);

describe("leaves tensors of the user alone:", () => {
  const held = () => tf.tensor1d([1, 2, 3]);
  test.each<[string, (dy: tf.Tensor, notes: tf.Tensor[]) => [tf.Tensor, tf.Tensor]]>([
    ["a gradient of two inputs", (dy) => Array(2).fill(tf.mul(dy, 2)) as [tf.Tensor, tf.Tensor]],
    ["a constant gradient", (_, [constant]) => [constant!, constant!]],
    ["a gradient that is kept before it is computed from", (dy, notes) => [dy, tf.neg(noted(dy, notes))]],
    ["a computed gradient that is kept", (dy, notes) => [noted(tf.mul(dy, 2), notes), dy]],
  ])("%s", (_, gradients) => {
    const variables = [variable([3], "a"), variable([3], "b")] as const;
    const [a, b] = variables;
    const run = (compute: typeof variableGrads) => {
      const notes: tf.Tensor[] = [held()];
      const operation = custom((dy) => gradients(dy, notes));
      const { value, grads } = compute(
        () => tf.sum(tf.square(operation(tf.square(a), operation(tf.tanh(a), tf.exp(b))))) as tf.Scalar,
        [a, b],
      );
      return [value, ...Object.values(grads), ...notes].map((tensor) => Array.from(tensor.dataSync()));
    };
    const stock = run(tf.variableGrads as typeof variableGrads);
    expect(run(variableGrads)).toEqual(stock);
    tf.dispose([...variables]);
  });

  const noted = (tensor: tf.Tensor, notes: tf.Tensor[]) => {
    notes.push(tf.keep(tensor));
    return tensor;
  };
});

test.each<[string, (y: tf.Tensor) => tf.Tensor]>([
  [
    "loss",
    () => {
      throw new Error("stop");
    },
  ],
  [
    "gradient",
    (y) =>
      custom(() => {
        throw new Error("stop");
      })(y, y),
  ],
  ["check for a scalar", (y) => y],
])("leaves nothing behind when the %s throws", (_, end) => {
  const weights = variable([3], "weights");
  const before = tf.memory().numTensors;
  const loss = () => end(tf.square(tf.tanh(weights))) as tf.Scalar;
  expect(() => variableGrads(loss, [weights])).toThrow(/stop|scalar/);
  expect(tf.memory().numTensors).toBe(before);
  weights.dispose();
});
