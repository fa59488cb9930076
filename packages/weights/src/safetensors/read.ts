// Reads a whole safetensors file from memory, in Node and in browsers.
import { type SafeTensor, tensorOver } from "./dtypes.js";
import { headerLength, PREFIX, parseHeader } from "./header.js";

/** A safetensors file in memory. */
export interface Safetensors {
  /** The file's metadata: `__metadata__`. */
  metadata: Readonly<Record<string, string>>;
  /** Tensors in the header's order. */
  tensors: Map<string, SafeTensor>;
}

/**
 * Reads a safetensors file; each tensor is a copy.
 *
 * @throws SafetensorsError when the bytes break a rule of the format
 */
export const readSafetensors = (file: Uint8Array | ArrayBuffer): Safetensors => {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  const start = PREFIX + headerLength(bytes, bytes.length, "readSafetensors");
  const header = parseHeader(bytes.subarray(PREFIX, start), bytes.length - start, "readSafetensors");
  const tensors = new Map<string, SafeTensor>();
  for (const [name, info] of header.tensors) {
    // A copy, because data of a narrow dtype or of another writer may be unaligned for a typed array.
    const own = new Uint8Array(info.end - info.begin);
    own.set(bytes.subarray(start + info.begin, start + info.end));
    tensors.set(name, tensorOver(info, own.buffer));
  }
  return { metadata: header.metadata, tensors };
};
