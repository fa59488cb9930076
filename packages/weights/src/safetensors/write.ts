// Writes tensors as the bytes of a safetensors file, in Node and in browsers.
import type { SafeTensor } from "./dtypes.js";
import { dataBytes, layOut } from "./layout.js";

/**
 * Writes tensors (an object or a Map) and metadata to one buffer. Data is ordered by element width, widest first, and otherwise as given.
 *
 * @throws SafetensorsError when a name, a dtype, a shape or the metadata cannot be written
 */
export const writeSafetensors = (
  tensors: Iterable<readonly [string, SafeTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => {
  const { head, order } = layOut(tensors, metadata);
  const file = new Uint8Array(order.reduce((sum, [, , bytes]) => sum + bytes, head.length));
  file.set(head);
  let at = head.length;
  for (const [name, tensor, bytes] of order) {
    file.set(dataBytes(name, tensor, tensor.data, bytes), at);
    at += bytes;
  }
  return file;
};
