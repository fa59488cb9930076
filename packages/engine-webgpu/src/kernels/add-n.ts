// Sums of many tensors. tfjs's own kernel binds all of them in one program, and a device has few bindings: the norm of the gradients of a net with
// more than fifteen weights and biases cannot be computed by it.
import { getKernel, type TensorInfo } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "../backend.js";
import { kernelFor } from "../kernel.js";

/** The number that every device has, one of which is the output; sums have the same bits with any number, because terms are added in order. */
const mostTerms = 7;

const builtin = getKernel("AddN", "webgpu").kernelFunc;
const sum = (terms: TensorInfo[], backend: TrainingBackend): TensorInfo =>
  // tfjs's type of inputs is a map, and this kernel's is a list.
  builtin({ inputs: terms as never, attrs: {}, backend }) as TensorInfo;

export const addN = kernelFor<TensorInfo[], undefined>(
  "AddN",
  (terms) => terms.length > mostTerms,
  (terms, _, backend) => {
    let total = sum(terms.slice(0, mostTerms), backend);
    for (let at = mostTerms; at < terms.length; at += mostTerms - 1) {
      const before = total;
      total = sum([before, ...terms.slice(at, at + mostTerms - 1)], backend);
      backend.disposeData(before.dataId);
    }
    return total;
  },
);
