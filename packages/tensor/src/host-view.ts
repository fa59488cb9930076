// Reads a tensor's values without a copy, for code that reads millions of them in each step: copies need new memory and garbage collection.
import { tf } from "./tf.js";

/** Methods of engines whose tensors are in host memory. */
interface HostEngine {
  /** `native` */
  floats?(tensor: tf.TensorInfo): Float32Array;
  /** `wasm` */
  typedArrayFromHeap?(tensor: tf.TensorInfo): Float32Array;
}

/**
 * A view of a float32 tensor's values in the engine's own memory. Read it at once: the engine's next operation may move them. Undefined for other
 * types, and on engines whose memory is not accessible to the host; `data()` gives a copy on every engine.
 */
export const hostView = ({ dataId, shape, dtype }: tf.Tensor): Float32Array | undefined => {
  if (dtype !== "float32") return undefined;
  const engine = tf.backend() as HostEngine;
  const tensor = { dataId, shape, dtype };
  return engine.floats?.(tensor) ?? engine.typedArrayFromHeap?.(tensor);
};
