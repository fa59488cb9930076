// The k largest values of the last axis and their positions, in order; `sorted: false` gives the same.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { util } from "@tensorflow/tfjs-core";
import { cpuKernelOutputs, kernel } from "../kernel.js";
import { numbers } from "./reduce.js";

const stockTopK = cpuKernelOutputs("TopK");

export const topK = kernel<Record<"x", TensorInfo>, { k: number; sorted: boolean }>(
  "TopK",
  (inputs, attributes, backend) => {
    const { x } = inputs;
    const { k } = attributes;
    const columns = x.shape.at(-1);
    if (columns === undefined) throw new Error("TopK: expected a tensor of at least one axis, got a scalar");
    if (!Number.isInteger(k) || k < 0 || k > columns)
      throw new RangeError(`TopK: expected a whole k from 0 to ${columns}, the last size, got ${k}`);
    const size = util.sizeFromShape(x.shape);
    const known = x.dtype === "float32" || x.dtype === "int32";
    if (!known || size === 0 || k === 0) return stockTopK(inputs, attributes, backend);
    const { dtype, ints, array } = numbers(x, backend);
    const shape = [...x.shape.slice(0, -1), k];
    const [values, positions] = [backend.allocate(shape, dtype), backend.allocate(shape, "int32")];
    backend.library.call(
      "mlpconv_top_k",
      ints,
      size / columns,
      columns,
      k,
      array,
      numbers(values, backend).array,
      backend.integers(positions),
    );
    return [values, positions];
  },
);
