// The type that the ops compute with.
import type { tf } from "../tf.js";

/** @throws Error unless each tensor is float32: an engine would read another type's bits as numbers, or refuse them in its own words */
export const expectFloats = (where: string, tensors: Record<string, tf.Tensor>): void => {
  for (const [name, { dtype }] of Object.entries(tensors)) {
    if (dtype === "float32") continue;
    throw new Error(
      `${where}: expected ${name} as float32, got ${dtype}; convert it with tf.cast(${name}, "float32"), and scale bytes to [0, 1]`,
    );
  }
};

/** @throws Error unless what an update reads beside the weights is float32 of their shape: a broadcast gradient would be a wrong one */
export const expectUpdate = (where: string, weights: tf.Tensor, others: Record<string, tf.Tensor>): void => {
  expectFloats(where, { weights, ...others });
  for (const [name, { shape }] of Object.entries(others)) {
    if (`${shape}` === `${weights.shape}`) continue;
    throw new Error(
      `${where}: expected ${name} [${weights.shape}], the shape of the weights, got [${shape}]`,
    );
  }
};
