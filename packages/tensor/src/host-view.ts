// A tensor's numbers where the engine has them, for code that reads millions of them in each step: a copy costs fresh memory and its collection.
import { tf } from "./tf.js";

/** What the engines have whose tensors lie in the host's memory. */
interface HostEngine {
  /** `native` */
  floats?(tensor: tf.TensorInfo): Float32Array;
  /** `wasm` */
  typedArrayFromHeap?(tensor: tf.TensorInfo): Float32Array;
}

/**
 * A float32 tensor's numbers in the engine's own memory, to be read at once: what the engine does next may move them. Undefined on engines whose
 * memory the host does not see, or for other tensors; `data()` gives a copy everywhere.
 */
export const hostView = ({ dataId, shape, dtype }: tf.Tensor): Float32Array | undefined => {
  if (dtype !== "float32") return undefined;
  const engine = tf.backend() as HostEngine;
  const tensor = { dataId, shape, dtype };
  return engine.floats?.(tensor) ?? engine.typedArrayFromHeap?.(tensor);
};
