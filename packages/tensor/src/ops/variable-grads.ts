// Gradients of a loss in less memory: tfjs keeps all activations and all gradients until the backward pass ends, here each is freed after its last use.
import { tf } from "../tf.js";

/** An operation on tfjs's tape. The backward pass calls `gradient` on a copy, whose inputs are those that need a gradient. */
interface TapeNode {
  inputs: tf.NamedTensorMap;
  /** Clones of tensors of the forward pass that its gradient needs. */
  saved?: tf.Tensor[];
  gradient?: (this: TapeNode, dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
}

/** What this file needs of tfjs's engine. */
interface TapeEngine {
  /** Tensors are numbered in the order in which they are created. */
  nextTensorId(): number;
  state: {
    activeTape: readonly TapeNode[] | null;
    /** 1 unless gradients are computed within others, which then need what was saved. */
    gradientDepth: number;
  };
}

const engine = (): TapeEngine => tf.engine() as unknown as TapeEngine;

/**
 * `tf.variableGrads` with the same values, in less memory. Tensors that the caller keeps with `tf.keep` stay.
 *
 * @param loss computes the loss
 * @param variables what the gradients are with respect to
 * @returns the loss, and the gradients by variable name
 */
export const variableGrads = (
  loss: () => tf.Scalar,
  variables: tf.Variable[],
): { value: tf.Scalar; grads: tf.NamedTensorMap } =>
  // If anything throws, the scope frees the value and the gradients so far.
  tf.tidy(() => {
    try {
      return tf.variableGrads(() => {
        const value = loss();
        const { activeTape, gradientDepth } = engine().state;
        if (gradientDepth === 1) freeAfterUse(activeTape!);
        return value;
      }, variables);
    } catch (error) {
      const { activeTape, gradientDepth } = engine().state;
      if (gradientDepth === 0) for (const { saved } of activeTape ?? []) tf.dispose(saved);
      throw error;
    }
  });

/** Makes each operation free, after the last gradient that it computes, what it had saved and the gradients with respect to its outputs. */
const freeAfterUse = (tape: readonly TapeNode[]): void => {
  /** Tensors that have a gradient already; tfjs adds a further one to it. */
  const reached = new Set<number>();
  /** Gradients that were added to others. */
  let added: tf.Tensor[] = [];
  for (const node of tape) {
    const { gradient, saved } = node;
    if (!gradient) continue;
    node.gradient = function (dys) {
      tf.dispose(added);
      added = [];
      const firstId = engine().nextTensorId();
      const computed = gradient.call(this, dys);
      const results = new Set<tf.Tensor>();
      let left = Object.keys(this.inputs).length;
      const freeing = Object.entries(computed).map(([name, compute]) => [
        name,
        (): tf.Tensor => {
          const result = compute();
          // A gradient may be passed on as it is, to several inputs, or be a tensor that the caller still needs.
          const isOwned = result.id > firstId && !result.kept && !results.has(result);
          results.add(result);
          const dx = isOwned ? result : tf.clone(result);
          const { id } = this.inputs[name]!;
          if (reached.has(id)) added.push(dx);
          reached.add(id);
          left--;
          if (left === 0) tf.dispose([saved, dys.flatMap((dy) => (dy === null || dy.kept ? [] : [dy]))]);
          return dx;
        },
      ]);
      return Object.fromEntries(freeing);
    };
  }
};
