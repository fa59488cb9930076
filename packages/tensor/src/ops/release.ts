// Frees gradients during a backward pass: tfjs keeps all of them until the pass ends, which doubles the memory for training.
import { tf } from "../tf.js";

/** Open scopes of tfjs; the innermost is last. */
interface Scopes {
  scopeStack: readonly { id: number }[];
}

/**
 * Frees dy; call it in a gradient function after the last use of dy. Only a tensor that the backward pass itself created is freed: tfjs
 * tracks it in the pass's scope, just outside the scope of each gradient. A dy that the caller of `tf.grad` passed is in a scope further out.
 */
export const release = (dy: tf.Tensor): void => {
  const { scopeStack } = tf.engine().state as unknown as Scopes;
  if (dy.scopeId === scopeStack.at(-2)?.id) dy.dispose();
};
