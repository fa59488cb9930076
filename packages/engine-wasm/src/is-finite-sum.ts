// A quick test for values that are not finite.
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import { dispose, floats } from "./heap.js";
import { stock } from "./kernel.js";

const sum = stock("Sum");

/** Whether the sum of a tensor's values is a finite number, and so each of them is. */
export const isFiniteSum = (backend: BackendWasm, tensor: TensorInfo): boolean => {
  const total = sum({ x: tensor }, { axis: null, keepDims: false } as unknown as NamedAttrMap, backend);
  const finite = Number.isFinite(floats(backend, total)[0]);
  dispose(backend, total);
  return finite;
};
