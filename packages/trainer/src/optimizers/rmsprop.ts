// RMSprop (Tieleman and Hinton, 2012), as PyTorch defines it.
import { moveTowards, sgdStep, tf } from "@mlpconv/tensor";
import { checkNumbers, decays, type Optimizer, withGradients } from "./optimizer.js";
import { slots } from "./slots.js";

/** Options of `rmsprop`. */
export interface RmspropOptions {
  /** Default 0.01. */
  learningRate?: number;
  /** Decay rate of the mean of the squares of the gradients. Default 0.99. */
  alpha?: number;
  /** Share of the last velocity that is kept, from 0 to below 1. Default 0. */
  momentum?: number;
  /** Added to the denominator, so that the division stays finite. Default 1e-8. */
  epsilon?: number;
  /** Decoupled weight decay: each step first multiplies weights, not biases, by 1 - learningRate * weightDecay. Default 0. */
  weightDecay?: number;
}

/**
 * s = alpha * s + (1 - alpha) * g^2;  v = momentum * v + g / (sqrt(s) + epsilon);  w = (1 - lr * weightDecay) * w - lr * v
 *
 * @throws RangeError for a rate, epsilon or decay that is negative or not finite, or a share outside [0, 1)
 */
export const rmsprop = ({
  learningRate = 0.01,
  alpha = 0.99,
  momentum = 0,
  epsilon = 1e-8,
  weightDecay = 0,
}: RmspropOptions = {}): Optimizer => {
  checkNumbers("rmsprop", {
    learningRate: [learningRate, 0, Infinity],
    alpha: [alpha, 0, 1],
    momentum: [momentum, 0, 1],
    epsilon: [epsilon, 0, Infinity],
    weightDecay: [weightDecay, 0, Infinity],
  });
  const squares = slots();
  const velocity = slots();
  /** A tensor that stays: a step that reads a number from the host is not recorded. */
  let epsilonTensor: tf.Scalar | undefined;
  return {
    learningRate,
    step: 0,
    update(variables, gradients, rate) {
      this.step++;
      epsilonTensor ??= tf.keep(tf.scalar(epsilon));
      const added = epsilonTensor;
      for (const [variable, gradient] of withGradients(variables, gradients)) {
        const square = squares.of(variable);
        const scaled = tf.tidy(() => {
          moveTowards({ variable: square, value: tf.square(gradient), scale: 1, share: 1 - alpha });
          return tf.div(gradient, tf.add(tf.sqrt(square), added));
        });
        sgdStep(variable, scaled, momentum > 0 ? velocity.of(variable) : undefined, {
          learningRate: rate,
          momentum,
          nesterov: false,
          weightDecay: decays(variable) ? weightDecay : 0,
        });
        scaled.dispose();
      }
    },
    replayAttributes(rate) {
      this.step++;
      return { SgdStep: { learningRate: rate } };
    },
    state: (variables): Record<string, tf.Variable[]> => ({
      square: variables.map(squares.of),
      ...(momentum > 0 && { velocity: variables.map(velocity.of) }),
    }),
    dispose() {
      squares.dispose();
      velocity.dispose();
      epsilonTensor?.dispose();
      epsilonTensor = undefined;
      this.step = 0;
    },
  };
};
