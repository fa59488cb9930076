// Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019).
import { adamStep } from "@mlpconv/tensor";
import { checkNumbers, decays, type Optimizer, withGradients } from "./optimizer.js";
import { slots } from "./slots.js";
import { updateCounts } from "./update-counts.js";

/** Options of `adam`. */
export interface AdamOptions {
  /** Default 0.001. */
  learningRate?: number;
  /** Decay rate of the mean of the gradients. Default 0.9. */
  beta1?: number;
  /** Decay rate of the mean of their squares. Default 0.999. */
  beta2?: number;
  /** Added to the denominator, so that the division stays finite. Default 1e-8. */
  epsilon?: number;
}

/** Options of `adamw`. */
export interface AdamWOptions extends AdamOptions {
  /** Decoupled weight decay: each step first multiplies weights, not biases, by 1 - learningRate * weightDecay. Default 0.01. */
  weightDecay?: number;
}

/**
 * m = mean of g, v = mean of g^2;  w = (1 - lr * weightDecay) * w - lr * m / (sqrt(v) + epsilon)
 *
 * Both means are exponential, start at zero, and are corrected for that by the variable's number of updates.
 *
 * @throws RangeError for a rate, epsilon or decay that is negative or not finite, or a beta outside [0, 1)
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
  const counts = updateCounts();
  return {
    learningRate,
    step: 0,
    counts,
    update(variables, gradients, rate) {
      this.step++;
      for (const [variable, gradient] of withGradients(variables, gradients)) {
        const moments = { mean: means.of(variable), square: squares.of(variable) };
        adamStep(variable, gradient, moments, {
          learningRate: rate,
          beta1,
          beta2,
          epsilon,
          weightDecay: decays(variable) ? weightDecay : 0,
          step: counts.next(variable),
        });
      }
    },
    replayAttributes(rate, variables) {
      this.step++;
      const [step = this.step] = variables.map(counts.next);
      return { AdamStep: { learningRate: rate, step } };
    },
    state: (variables) => ({ mean: variables.map(means.of), square: variables.map(squares.of) }),
    dispose() {
      means.dispose();
      squares.dispose();
      counts.clear();
      this.step = 0;
    },
  };
};

/** AdamW without weight decay. */
export const adam = (options: AdamOptions = {}): Optimizer => adamw({ ...options, weightDecay: 0 });
