// Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019).
import { tf } from "@mlpconv/tensor";
import { checkNumbers, decays, type Optimizer } from "./optimizer.js";
import { slots } from "./slots.js";

export interface AdamOptions {
  /** Default 0.001. */
  learningRate?: number;
  /** How long the mean of the gradients remembers. Default 0.9. */
  beta1?: number;
  /** How long the mean of their squares remembers. Default 0.999. */
  beta2?: number;
  /** Keeps the division finite. Default 1e-8. */
  epsilon?: number;
}

export interface AdamWOptions extends AdamOptions {
  /** Each step first multiplies weights, not biases, by 1 - learningRate * weightDecay. Default 0.01. */
  weightDecay?: number;
}

/**
 * m = mean of g, v = mean of g^2, both exponential and corrected for their start at zero;  w = (1 - lr * weightDecay) * w - lr * m / (sqrt(v) + epsilon)
 *
 * @throws RangeError for a rate, epsilon or decay that is negative or not finite, a beta outside [0, 1)
 */
export const adamw = ({
  learningRate = 1e-3,
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0.01,
}: AdamWOptions = {}): Optimizer => {
  checkNumbers("adam", {
    learningRate: [learningRate, 0, Infinity],
    beta1: [beta1, 0, 1],
    beta2: [beta2, 0, 1],
    epsilon: [epsilon, 0, Infinity],
    weightDecay: [weightDecay, 0, Infinity],
  });
  const means = slots();
  const squares = slots();
  let step = 0;
  return {
    learningRate,
    update: (variables, gradients, rate) =>
      tf.tidy(() => {
        step++;
        const size = rate / (1 - beta1 ** step);
        const correction = Math.sqrt(1 - beta2 ** step);
        for (const variable of variables) {
          const gradient = gradients[variable.name]!;
          const m = means.of(variable);
          const v = squares.of(variable);
          m.assign(tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)));
          v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
          const kept =
            weightDecay > 0 && decays(variable) ? tf.mul(variable, 1 - rate * weightDecay) : variable;
          const direction = tf.div(m, tf.add(tf.div(tf.sqrt(v), correction), epsilon));
          variable.assign(tf.sub(kept, tf.mul(direction, size)));
        }
      }),
    dispose: () => {
      means.dispose();
      squares.dispose();
      step = 0;
    },
  };
};

/** AdamW without weight decay. */
export const adam = (options: AdamOptions = {}): Optimizer => adamw({ ...options, weightDecay: 0 });
