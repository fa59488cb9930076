// The gradient of an activation, by its output.
import type { Activation } from "./kernels.js";
import { tf } from "./tf.js";

/** dy where the activation was active, otherwise 0: selected rather than multiplied, because 0 times a value that is not finite is not 0. */
export const masked = <T extends tf.Tensor>(dy: T, y: T, { activation }: { activation: Activation }): T =>
  activation === "relu" ? tf.where(tf.lessEqual(y, 0), tf.zerosLike(dy), dy) : dy;
