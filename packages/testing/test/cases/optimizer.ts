// One update by SGD and by Adam, in place, against the formula in stock ops. Enough numbers for several threads, and an odd end.
import { adamStep, sgdStep, tf } from "@mlpconv/tensor";
import { forward, normal, positive, rows } from "../case.js";

const SIZE = 70_001;
const sgd = { learningRate: 0.1, momentum: 0.9, weightDecay: 0.02 };
const adam = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.02, step: 3 };

/** What the variables hold after `update`, one after the other. */
const updated = (values: tf.Tensor[], update: (...variables: tf.Variable[]) => void): tf.Tensor => {
  const variables = values.map((value) => tf.variable(value));
  update(...variables);
  const result = tf.concat(variables.map((variable) => variable.flatten()));
  tf.dispose(variables);
  return result;
};

const sgdByHand = (w: tf.Tensor, g: tf.Tensor, v: tf.Tensor, nesterov: boolean) => {
  const velocity = tf.add(tf.mul(v, sgd.momentum), g);
  const direction = nesterov ? tf.add(g, tf.mul(velocity, sgd.momentum)) : velocity;
  const kept = tf.mul(w, 1 - sgd.learningRate * sgd.weightDecay);
  return tf.concat([tf.sub(kept, tf.mul(direction, sgd.learningRate)), velocity]);
};

const adamByHand = (w: tf.Tensor, g: tf.Tensor, m: tf.Tensor, s: tf.Tensor) => {
  const mean = tf.add(tf.mul(m, adam.beta1), tf.mul(g, 1 - adam.beta1));
  const square = tf.add(tf.mul(s, adam.beta2), tf.mul(tf.square(g), 1 - adam.beta2));
  const [unbiasedMean, unbiasedSquare] = [
    tf.div(mean, 1 - adam.beta1 ** adam.step),
    tf.div(square, 1 - adam.beta2 ** adam.step),
  ];
  const direction = tf.div(unbiasedMean, tf.add(tf.sqrt(unbiasedSquare), adam.epsilon));
  const kept = tf.mul(w, 1 - adam.learningRate * adam.weightDecay);
  return tf.concat([tf.sub(kept, tf.mul(direction, adam.learningRate)), mean, square]);
};

export const updates = rows([
  ...[false, true].map((nesterov): Parameters<typeof rows>[0][number] => [
    `an update by SGD, ${nesterov ? "nesterov" : "momentum"}`,
    "function",
    [normal(SIZE), normal(SIZE), normal(SIZE)],
    (w: tf.Tensor, g: tf.Tensor, v: tf.Tensor) =>
      updated([w, v], (weights, velocity) => sgdStep(weights!, g, velocity, { ...sgd, nesterov })),
    {
      ...forward,
      reference: (w: tf.Tensor, g: tf.Tensor, v: tf.Tensor) => sgdByHand(w, g, v, nesterov),
    },
  ]),
  [
    "an update by Adam",
    "function",
    [normal(SIZE), normal(SIZE), normal(SIZE), positive(SIZE)],
    (w: tf.Tensor, g: tf.Tensor, m: tf.Tensor, s: tf.Tensor) =>
      updated([w, m, s], (weights, mean, square) =>
        adamStep(weights!, g, { mean: mean!, square: square! }, adam),
      ),
    { ...forward, reference: adamByHand },
  ],
]);
