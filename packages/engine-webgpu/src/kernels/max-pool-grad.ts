// MaxPoolGrad: each window's gradient goes to its first largest pixel, as on tfjs's cpu. First where that is, then each pixel collects from
// the windows that it is in: no two threads write to the same place.
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Program } from "../backend.js";
import { kernel } from "../kernel.js";
import { bindings } from "../wgsl/bindings.js";
import { eachPixel, eachTap, type Pool, type PoolAttributes, poolInfo } from "../wgsl/pool.js";

/** Of each window the number of its first largest pixel, row by row. */
const findLargest = (pool: Pool): Program =>
  eachPixel(
    "places of largest",
    pool,
    [pool.outHeight, pool.outWidth],
    bindings({ largest: "write", x: "read" }, { largest: "Numbers", x: "Values" }),
    `var most = Values();
  var found = Numbers(-1);
  ${eachTap(`let better = (value > most) | Flags(first);
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
    `let down = row + ABOVE;
  let right = column + BESIDE;
  var sum = Values();
  for (var y = max(0, (down - i32(HEIGHT) + i32(DOWN)) / i32(DOWN)); y <= min(down / i32(DOWN), i32(OUT_HEIGHT) - 1); y++) {
    for (var x = max(0, (right - i32(WIDTH) + i32(RIGHT)) / i32(RIGHT)); x <= min(right / i32(RIGHT), i32(OUT_WIDTH) - 1); x++) {
      let window = (((image * OUT_HEIGHT + u32(y)) * OUT_WIDTH + u32(x)) * CHANNELS + channel) / LANES;
      let tap = (down - y * i32(DOWN)) * i32(WIDTH) + right - x * i32(RIGHT);
      sum += select(Values(), dy[window], largest[window] == Numbers(tap));
    }
  }
  dx[i] = sum;`,
  );

export const maxPoolGrad = kernel<Record<"dy" | "input", TensorInfo>, PoolAttributes>(
  "MaxPoolGrad",
  ({ dy, input }, attributes, backend) => {
    const pool = poolInfo(input.shape, attributes);
    const largest = backend.makeTensorInfo(pool.outShape, "int32");
    backend.record(findLargest(pool), [largest, input]);
    const dx = backend.makeTensorInfo(input.shape, "float32");
    backend.record(collect(pool), [dx, dy, largest]);
    backend.disposeData(largest.dataId);
    return dx;
  },
);
