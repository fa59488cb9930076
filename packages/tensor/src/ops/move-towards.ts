// One update of a running mean, in place where the engine can.
import { runKernel } from "../fallbacks.js";
import { tf } from "../tf.js";
import { expectUpdate } from "./floats.js";

/** A running mean of a layer, such as a channel's variance over the batches, and its value for this batch. */
export interface RunningMean {
  /** The mean over the batches so far. */
  variable: tf.Variable;
  /** This batch's value; whoever gets it disposes it. */
  value: tf.Tensor;
  /** Factor of the value. */
  scale: number;
  /** Share of the new value in the new mean, which PyTorch calls momentum. */
  share: number;
}

/**
 * variable = (1 - share) * variable + share * scale * value
 *
 * @throws Error when the value is not float32 with the variable's shape
 */
export const moveTowards = ({ variable, value, scale, share }: RunningMean): void => {
  expectUpdate("moveTowards", variable, { value });
  tf.tidy(() => variable.assign(runKernel("MoveTowards", { variable, value }, { share, scale })));
};
