// AvgPoolGrad: each pixel collects its share from the windows that it is in, which is that of the forward pass: the stock kernel divides by
// the whole window, also at a padded border.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { expectFloats, expectShape } from "../conv-info.js";
import { kernel } from "../kernel.js";
import type { Program } from "../program.js";
import { bindings } from "../wgsl/bindings.js";
import { eachPixel, eachWindowOver, type Pool, type PoolAttributes, poolInfo } from "../wgsl/pool.js";

const shares = (pool: Pool): Program =>
  eachPixel(
    "gradients of means",
    pool,
    [pool.inHeight, pool.inWidth],
    bindings({ dx: "write", dy: "read" }, { dx: "Values", dy: "Values" }),
    `var sum = Values();
  ${eachWindowOver(`let top = y * i32(DOWN) - ABOVE;
      let left = x * i32(RIGHT) - BESIDE;
      let rows = min(top + i32(HEIGHT), i32(IN_HEIGHT)) - max(top, 0);
      let columns = min(left + i32(WIDTH), i32(IN_WIDTH)) - max(left, 0);
      sum += dy[window] / f32(rows * columns);`)}
  dx[i] = sum;`,
  );

export const avgPoolGrad = kernel<Record<"dy" | "input", TensorInfo>, PoolAttributes>(
  "AvgPoolGrad",
  ({ dy, input }, attributes, backend) => {
    const pool = poolInfo("AvgPoolGrad", input.shape, attributes);
    expectFloats("AvgPoolGrad", { dy });
    expectShape("AvgPoolGrad", "dy", dy.shape, pool.outShape);
    const dx = backend.makeTensorInfo(input.shape, "float32");
    if (util.sizeFromShape(input.shape) > 0) backend.record(shares(pool), [dx, dy]);
    return dx;
  },
);
