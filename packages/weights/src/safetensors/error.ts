// The error of all readers and writers of safetensors.

/** Bytes that are not a valid safetensors file, or tensors that cannot be written as one. */
export class SafetensorsError extends Error {
  override readonly name = "SafetensorsError";
}
