// Checks that operands are float32.
import type { tf } from "../tf.js";

/** @throws Error unless each tensor is float32: an engine would interpret another type's bits as float32, or fail with an unclear message */
export const expectFloats = (where: string, tensors: Record<string, tf.Tensor>): void => {
  for (const [name, { dtype }] of Object.entries(tensors)) {
    if (dtype === "float32") continue;
    throw new Error(
      `${where}: expected ${name} as float32, got ${dtype}; convert it with tf.cast(${name}, "float32"), and scale bytes to [0, 1]`,
    );
  }
};

/** @throws Error unless the operands of an update are float32 with the weights' shape: a broadcast gradient would be wrong */
export const expectUpdate = (where: string, weights: tf.Tensor, others: Record<string, tf.Tensor>): void => {
  expectFloats(where, { weights, ...others });
  for (const [name, { shape }] of Object.entries(others)) {
    if (`${shape}` === `${weights.shape}`) continue;
    throw new Error(
      `${where}: expected ${name} [${weights.shape}], the shape of the weights, got [${shape}]`,
    );
  }
};
