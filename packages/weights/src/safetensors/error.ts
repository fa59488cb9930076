// What every reader and writer of safetensors throws.

/** Bytes that are no valid safetensors file, or tensors that cannot be written as one. */
export class SafetensorsError extends Error {
  override readonly name = "SafetensorsError";
}
