// Frees gradients as a backward pass goes: tfjs holds every one until the pass ends, which doubles the memory that training needs.
import { tf } from "../tf.js";

/** What tfjs keeps of its open scopes; the innermost is last. */
interface Scopes {
  scopeStack: readonly { id: number }[];
}

/**
 * Call it in a gradient function after the last read of dy. Only a tensor that the pass itself made is freed: tfjs
 * tracks it in the pass's scope, around the one that it opens for each gradient. A dy that the caller of `tf.grad` gave lies further out.
 */
export const release = (dy: tf.Tensor): void => {
  const { scopeStack } = tf.engine().state as unknown as Scopes;
  if (dy.scopeId === scopeStack.at(-2)?.id) dy.dispose();
};
