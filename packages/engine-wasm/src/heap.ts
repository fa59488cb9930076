// Tensors as plain memory: typed views of the wasm heap, scratch tensors, and tensors over a part of another.
// Trap: the heap's buffer is replaced whenever an allocation grows it, so take views after the last allocation.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";

/**
 * The values of a float32 tensor.
 *
 * @throws Error for another type, whose bits would be read as numbers
 */
export const floats = (backend: BackendWasm, tensor: TensorInfo): Float32Array => {
  expectFloats("wasm", tensor);
  const { dataId, shape } = tensor;
  return backend.typedArrayFromHeap({ dataId, shape, dtype: "float32" }) as Float32Array; // what that dtype gives
};

/** @throws Error unless all of them are float32: this engine's kernels read nothing else */
export const expectFloats = (where: string, ...tensors: TensorInfo[]): void => {
  for (const { dtype, shape } of tensors) {
    if (dtype === "float32") continue;
    throw new Error(`${where}: expected a float32 tensor, got ${dtype} [${shape}]; convert it with tf.cast`);
  }
};

/** The 32 bits of each value of a float32 tensor: loops that only move values are twice as fast on integers. */
export const words = (backend: BackendWasm, { dataId, shape }: TensorInfo): Int32Array =>
  backend.typedArrayFromHeap({ dataId, shape, dtype: "int32" }) as Int32Array; // what that dtype gives

/**
 * The whole heap in 32-bit words, found through any tensor on it. For `copyWithin`: 15 ns a call plus 0.1 ns a word, where a loop
 * takes 1 ns a word.
 */
export const heap = (backend: BackendWasm, tensor: TensorInfo): Int32Array =>
  new Int32Array(words(backend, tensor).buffer);

/** Where a tensor's first value lies, as an index into `heap`. */
export const address = (backend: BackendWasm, { dataId }: TensorInfo): number =>
  backend.getMemoryOffset(dataId) / 4;

/** A float32 tensor of unset values. The caller returns it or disposes of it. */
export const allocate = (backend: BackendWasm, shape: number[]): TensorInfo =>
  backend.makeOutput(shape, "float32");

/** Gives back tensors that are not (yet) known to tfjs's engine. */
export const dispose = (backend: BackendWasm, ...tensors: TensorInfo[]): void => {
  for (const { dataId } of tensors) backend.disposeData(dataId);
};

/** The same values under another shape: one more reference to them, disposed of like any tensor. */
export const reshaped = (
  backend: BackendWasm,
  { dataId, dtype }: TensorInfo,
  shape: number[],
): TensorInfo => {
  backend.incRef(dataId);
  return { dataId, dtype, shape };
};

/**
 * A float32 tensor over a part of another's memory, `offset` values in, for as long as `use` runs. XNNPACK caches what it packs
 * of a convolution's filter or a product's right side by tensor, so a view also bounds how long that copy lives.
 */
export const withView = <T>(
  backend: BackendWasm,
  tensor: TensorInfo,
  offset: number,
  shape: number[],
  use: (view: TensorInfo) => T,
): T => {
  const view = backend.makeOutput(shape, "float32", backend.getMemoryOffset(tensor.dataId) + 4 * offset);
  try {
    return use(view);
  } finally {
    // Not `disposeData`: that would free memory in the middle of the other tensor.
    const data = backend.dataIdMap.get(view.dataId);
    backend.wasm.tfjs.disposeData(data.id);
    backend.dataIdMap.delete(view.dataId);
  }
};
