// MaxPoolGrad: the gradient of each window goes to its first largest pixel, or to its last NaN, as in PyTorch. One dispatch finds that pixel;
// another sums, for each pixel, the gradients of the windows that cover it, so that no two threads write to the same place.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { expectFloats, expectShape } from "../conv-info.js";
import { kernel } from "../kernel.js";
import type { Program } from "../program.js";
import { bindings } from "../wgsl/bindings.js";
import {
  eachCoveringWindow,
  eachPixel,
  eachWindowPixel,
  type Pool,
  type PoolAttributes,
  poolInfo,
} from "../wgsl/pool.js";

/** Index of each window's largest pixel within the window, row by row. */
const findLargest = (pool: Pool): Program =>
  eachPixel(
    "places of largest",
    pool,
    [pool.outHeight, pool.outWidth],
    bindings({ largest: "write", x: "read" }, { largest: "Numbers", x: "Values" }),
    `var most = Values();
  var found = Numbers(-1);
  ${eachWindowPixel(`let better = (value > most) | is_nan(value) | Flags(first);
    most = select(most, value, better);
    found = select(found, Numbers(tap), better);`)}
  largest[i] = found;`,
  );

const collect = (pool: Pool): Program =>
  eachPixel(
    "gradients of largest",
    pool,
    [pool.inHeight, pool.inWidth],
    bindings(
      { dx: "write", dy: "read", largest: "read" },
      { dx: "Values", dy: "Values", largest: "Numbers" },
    ),
    `var sum = Values();
  ${eachCoveringWindow(`let tap = (padded_row - y * i32(STRIDE_HEIGHT)) * i32(WINDOW_WIDTH) + padded_column - x * i32(STRIDE_WIDTH);
      sum += select(Values(), dy[window], largest[window] == Numbers(tap));`)}
  dx[i] = sum;`,
  );

export const maxPoolGrad = kernel<Record<"dy" | "input", TensorInfo>, PoolAttributes>(
  "MaxPoolGrad",
  ({ dy, input }, attributes, backend) => {
    const pool = poolInfo("MaxPoolGrad", input.shape, attributes);
    expectFloats("MaxPoolGrad", { dy, input });
    expectShape("MaxPoolGrad", "dy", dy.shape, pool.outShape);
    if (util.sizeFromShape(input.shape) === 0) return backend.makeTensorInfo(input.shape, "float32");
    const largest = backend.makeTensorInfo(pool.outShape, "int32");
    backend.record(findLargest(pool), [largest, input]);
    const dx = backend.makeTensorInfo(input.shape, "float32");
    backend.record(collect(pool), [dx, dy, largest]);
    backend.disposeData(largest.dataId);
    return dx;
  },
);
