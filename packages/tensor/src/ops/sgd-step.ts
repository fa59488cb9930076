// One update of a variable by stochastic gradient descent, in place where the engine can.
import { runKernel } from "../fallbacks.js";
import { tf } from "../tf.js";
import { expectUpdate } from "./floats.js";

/** Parameters of one update. */
export interface SgdStepOptions {
  /** Learning rate of this step. */
  learningRate: number;
  /** Share of the velocity that is kept. */
  momentum: number;
  /** Whether to use Nesterov momentum. */
  nesterov: boolean;
  /** Weight decay: weights are first multiplied by 1 - learningRate * weightDecay. */
  weightDecay: number;
}

/**
 * velocity = momentum * velocity + gradient;  weights = (1 - learningRate * weightDecay) * weights - learningRate * velocity
 * (nesterov: gradient + momentum * velocity in place of velocity; without a velocity: the gradient)
 *
 * @throws Error when the gradient or velocity is not float32 with the weights' shape
 */
export const sgdStep = (
  weights: tf.Variable,
  gradient: tf.Tensor,
  velocity: tf.Variable | undefined,
  options: SgdStepOptions,
): void => {
  expectUpdate("sgdStep", weights, velocity ? { gradient, velocity } : { gradient });
  tf.tidy(() => {
    const inputs = velocity ? { weights, gradient, velocity } : { weights, gradient };
    const [newWeights, newVelocity] = runKernel("SgdStep", inputs, { ...options });
    weights.assign(newWeights!);
    if (newVelocity) velocity?.assign(newVelocity);
  });
};
