// What the stock backend takes on trust: that memory is there, and that a tensor's sizes are sizes. Without these checks a tensor lies at
// address 0, over other tensors, or a kernel writes behind its memory.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

const guarded = new WeakSet<BackendWasm>();

/** Puts the checks into a backend that has started. A second call changes nothing. */
export const guard = (backend: BackendWasm): void => {
  if (guarded.has(backend)) return;
  guarded.add(backend);
  const wasm = backend.wasm as unknown as { _malloc(bytes: number): number; _free(address: number): void }; // tfjs does not type it
  // The first call puts the compiled function in the place of this one.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc.bind(wasm);
  wasm._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address === 0 && bytes > 0) {
      throw new Error(
        `wasm: expected memory for a tensor of ${Math.ceil(bytes / 1e6)} MB, got none; a wasm memory has at most 4 GB: take a smaller batch, or engine native`,
      );
    }
    return address;
  };
  const makeOutput = backend.makeOutput.bind(backend);
  backend.makeOutput = (shape, ...rest) => {
    if (!shape.every((size) => Number.isInteger(size) && size >= 0)) {
      throw new RangeError(`wasm: expected a tensor of whole sizes from 0 up, got [${shape}]`);
    }
    return makeOutput(shape, ...rest);
  };
};
