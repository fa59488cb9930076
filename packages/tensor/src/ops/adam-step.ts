// One update of a variable by Adam or AdamW, in place where the engine can.
import { runKernel } from "../fallbacks.js";
import { tf } from "../tf.js";
import { expectUpdate } from "./floats.js";

/** State of Adam for a variable: exponential means of its gradients and of their squares, zero before the first step. */
export interface Moments {
  /** Mean of the gradients; same shape as the weights. */
  mean: tf.Variable;
  /** Mean of their squares; same shape as the weights. */
  square: tf.Variable;
}

/** Parameters of one update. */
export interface AdamStepOptions {
  /** Learning rate of this step. */
  learningRate: number;
  /** Decay rate of the mean. */
  beta1: number;
  /** Decay rate of the mean of squares. */
  beta2: number;
  /** Added to the denominator, so that the division stays finite. */
  epsilon: number;
  /** Weight decay: weights are first multiplied by 1 - learningRate * weightDecay. */
  weightDecay: number;
  /** Number of this update of the variable, from 1. */
  step: number;
}

/**
 * mean = beta1 * mean + (1 - beta1) * g;  square = beta2 * square + (1 - beta2) * g^2
 *
 * weights = (1 - learningRate * weightDecay) * weights - learningRate * mean' / (sqrt(square') + epsilon), where mean' is
 * mean / (1 - beta1^step) and square' is square / (1 - beta2^step) (Kingma and Ba, 2015; Loshchilov and Hutter, 2019)
 *
 * @throws RangeError when `step` is not a whole number from 1 up, Error when the gradient or a moment is not float32 with the weights' shape
 */
export const adamStep = (
  weights: tf.Variable,
  gradient: tf.Tensor,
  { mean, square }: Moments,
  options: AdamStepOptions,
): void => {
  if (!Number.isInteger(options.step) || options.step < 1)
    throw new RangeError(`adamStep: expected step to be a whole number from 1 up, got ${options.step}`);
  expectUpdate("adamStep", weights, { gradient, mean, square });
  tf.tidy(() => {
    const inputs = { weights, gradient, mean, square };
    const [newWeights, newMean, newSquare] = runKernel("AdamStep", inputs, { ...options });
    weights.assign(newWeights);
    mean.assign(newMean);
    square.assign(newSquare);
  });
};
