// Stochastic gradient descent, with momentum as PyTorch defines it.
import { sgdStep, type tf } from "@mlpconv/tensor";
import { checkNumbers, decays, type Optimizer, withGradients } from "./optimizer.js";
import { slots } from "./slots.js";

/** Options of `sgd`. */
export interface SgdOptions {
  /** Learning rate; the schedule's factor multiplies it. */
  learningRate: number;
  /** Momentum: the share of the last velocity that is kept, from 0 to below 1. Default 0, plain SGD as in d2l. */
  momentum?: number;
  /** Nesterov momentum. Default false. */
  nesterov?: boolean;
  /**
   * Decoupled weight decay (Loshchilov and Hutter, 2019): each step first multiplies weights, not biases, by 1 - learningRate * weightDecay.
   * Default 0.
   */
  weightDecay?: number;
}

/**
 * v = momentum * v + g;  w = (1 - lr * weightDecay) * w - lr * v   (nesterov: g + momentum * v in place of v)
 *
 * @throws RangeError for a rate or decay that is negative or not finite, or a momentum outside [0, 1)
 */
export const sgd = ({
  learningRate,
  momentum = 0,
  nesterov = false,
  weightDecay = 0,
}: SgdOptions): Optimizer => {
  checkNumbers("sgd", {
    learningRate: [learningRate, 0, Infinity],
    momentum: [momentum, 0, 1],
    weightDecay: [weightDecay, 0, Infinity],
  });
  if (nesterov && momentum === 0) throw new RangeError("sgd: expected momentum above 0 with nesterov, got 0");
  const velocity = slots();
  return {
    learningRate,
    step: 0,
    update(variables, gradients, rate) {
      this.step++;
      for (const [variable, gradient] of withGradients(variables, gradients)) {
        const remembered = momentum > 0 ? velocity.of(variable) : undefined;
        sgdStep(variable, gradient, remembered, {
          learningRate: rate,
          momentum,
          nesterov,
          weightDecay: decays(variable) ? weightDecay : 0,
        });
      }
    },
    replayAttributes(rate) {
      this.step++;
      return { SgdStep: { learningRate: rate } };
    },
    state: (variables): Record<string, tf.Variable[]> =>
      momentum > 0 ? { velocity: variables.map(velocity.of) } : {},
    dispose() {
      velocity.dispose();
      this.step = 0;
    },
  };
};
