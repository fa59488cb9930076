// MaxPool: the largest pixel of each window. NaN counts as larger than all numbers, as in PyTorch, so that it reaches the loss.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { kernelFor } from "../kernel.js";
import type { Program } from "../program.js";
import { bindings } from "../wgsl/bindings.js";
import { eachPixel, eachWindowPixel, type Pool, type PoolAttributes, poolInfo } from "../wgsl/pool.js";

const largest = (pool: Pool): Program =>
  eachPixel(
    "largest of windows",
    pool,
    [pool.outHeight, pool.outWidth],
    bindings({ result: "write", x: "read" }, { result: "Values", x: "Values" }),
    `var most = Values();
  ${eachWindowPixel("most = select(most, value, (value > most) | is_nan(value) | Flags(first));")}
  result[i] = most;`,
  );

export const maxPool = kernelFor<{ x: TensorInfo }, PoolAttributes>(
  "MaxPool",
  ({ x }) => x.dtype === "float32",
  ({ x }, attributes, backend) => {
    const pool = poolInfo("MaxPool", x.shape, attributes);
    const result = backend.makeTensorInfo(pool.outShape, "float32");
    if (util.sizeFromShape(pool.outShape) === 0) return result;
    backend.record(largest(pool), [result, x]);
    return result;
  },
);
