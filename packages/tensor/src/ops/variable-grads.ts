// Gradients of a loss in less memory: tfjs keeps all activations and all gradients until the backward pass ends, here each is freed after its last use.
import { tf } from "../tf.js";

/** An operation on tfjs's tape. The backward pass calls `gradient` on a copy, whose inputs are those that need a gradient. */
interface TapeNode {
  inputs: tf.NamedTensorMap;
  /** Clones of tensors of the forward pass that its gradient needs. */
  saved?: tf.Tensor[];
  gradient?: (this: TapeNode, dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
}

/** State of tfjs's engine while gradients are computed. */
interface Tape {
  activeTape: readonly TapeNode[];
  /** 1 unless gradients are computed within others, which then need what was saved. */
  gradientDepth: number;
}

/**
 * `tf.variableGrads` with the same values, in less memory.
 *
 * @param loss computes the loss
 * @param variables what the gradients are with respect to
 * @returns the loss, and the gradients by variable name
 */
export const variableGrads = (
  loss: () => tf.Scalar,
  variables: tf.Variable[],
): { value: tf.Scalar; grads: tf.NamedTensorMap } =>
  tf.variableGrads(() => {
    const value = loss();
    const { activeTape, gradientDepth } = tf.engine().state as unknown as Tape;
    if (gradientDepth === 1) freeAfterUse(activeTape);
    return value;
  }, variables);

/** Makes each operation free, after the last gradient that it computes, what it had saved and the gradients with respect to its outputs. */
const freeAfterUse = (tape: readonly TapeNode[]): void => {
  /** Tensors that have a gradient already; tfjs adds a further one to it. */
  const reached = new Set<number>();
  /** Gradients that were added to others. */
  let added: tf.Tensor[] = [];
  for (const node of tape) {
    const { gradient, saved = [] } = node;
    if (!gradient) continue;
    node.gradient = function (dys) {
      tf.dispose(added);
      added = [];
      const computed = gradient.call(this, dys);
      let left = Object.keys(this.inputs).length;
      const freeing = Object.entries(computed).map(([name, compute]) => [
        name,
        (): tf.Tensor => {
          const result = compute();
          // A gradient may be passed on as it is.
          const dx = dys.includes(result) || saved.includes(result) ? tf.clone(result) : result;
          const { id } = this.inputs[name]!;
          if (reached.has(id)) added.push(dx);
          reached.add(id);
          left--;
          if (left === 0) tf.dispose([saved, dys.filter((dy) => dy !== null)]);
          return dx;
        },
      ]);
      return Object.fromEntries(freeing);
    };
  }
};
