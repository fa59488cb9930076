// AvgPoolGrad: the gradient of each pixel is the sum over the windows that cover it, each divided by its number of pixels inside the image, as in the
// forward pass. (tfjs's own kernel divides by the window's size, also at a padded border.)
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { expectFloats, expectShape } from "../conv-info.js";
import { kernel } from "../kernel.js";
import type { Program } from "../program.js";
import { bindings } from "../wgsl/bindings.js";
import { eachCoveringWindow, eachPixel, type Pool, type PoolAttributes, poolInfo } from "../wgsl/pool.js";

const spreadGradient = (pool: Pool): Program =>
  eachPixel(
    "gradients of means",
    pool,
    [pool.inHeight, pool.inWidth],
    bindings({ dx: "write", dy: "read" }, { dx: "Values", dy: "Values" }),
    `var sum = Values();
  ${eachCoveringWindow(`let top = y * i32(STRIDE_HEIGHT) - PAD_TOP;
      let left = x * i32(STRIDE_WIDTH) - PAD_LEFT;
      let rows = min(top + i32(WINDOW_HEIGHT), i32(IN_HEIGHT)) - max(top, 0);
      let columns = min(left + i32(WINDOW_WIDTH), i32(IN_WIDTH)) - max(left, 0);
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
    if (util.sizeFromShape(input.shape) > 0) backend.record(spreadGradient(pool), [dx, dy]);
    return dx;
  },
);
