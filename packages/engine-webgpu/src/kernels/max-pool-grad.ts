// MaxPoolGrad: each window's gradient goes to its first largest pixel, as on tfjs's cpu. First where that is, then each pixel collects from
// the windows that it is in: no two threads write to the same place.
import { backend_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Program } from "../backend.js";
import type { Pad } from "../conv-info.js";
import { kernel } from "../kernel.js";
import { bindings, constants, spread } from "../wgsl/bindings.js";

interface Attributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: Exclude<Pad, backend_util.ExplicitPadding>;
  dimRoundingMode?: "floor" | "round" | "ceil";
}
type Pool = backend_util.Conv2DInfo;

const THREADS = 256;

const geometry = (pool: Pool): string =>
  [
    constants({ IN_HEIGHT: pool.inHeight, IN_WIDTH: pool.inWidth, CHANNELS: pool.inChannels }),
    constants({ OUT_HEIGHT: pool.outHeight, OUT_WIDTH: pool.outWidth }),
    constants({ HEIGHT: pool.filterHeight, WIDTH: pool.filterWidth }),
    constants({ DOWN: pool.strideHeight, RIGHT: pool.strideWidth }),
    `const ABOVE = ${pool.padInfo.top}; const BESIDE = ${pool.padInfo.left};`,
  ].join("\n");

/** A thread for each of `count` numbers; the body knows it as `i`. */
const each = (name: string, pool: Pool, count: number, head: string, body: string): Program => {
  const [x, y] = spread(Math.ceil(count / THREADS));
  return {
    key: `${name} ${pool.inShape} ${pool.outShape} ${pool.filterHeight} ${pool.filterWidth} ${pool.strideHeight} ${pool.strideWidth} ${pool.padInfo.top} ${pool.padInfo.left}`,
    workgroups: [x, y],
    code: `${head}
${geometry(pool)}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${x}u + group.x) * ${THREADS}u + local;
  if (i >= ${count}u) { return; }
  ${body}
}`,
  };
};

/** Of each window the number of its first largest pixel, row by row. */
const findLargest = (pool: Pool): Program =>
  each(
    "largest of windows",
    pool,
    util.sizeFromShape(pool.outShape),
    bindings({ largest: "write", x: "read" }, { largest: "i32" }),
    `let channel = i % CHANNELS;
  let window = i / CHANNELS;
  let image = window / (OUT_WIDTH * OUT_HEIGHT);
  let top = i32(window / OUT_WIDTH % OUT_HEIGHT * DOWN) - ABOVE;
  let left = i32(window % OUT_WIDTH * RIGHT) - BESIDE;
  var found = -1;
  var most = 0.0;
  for (var tap = 0; tap < i32(HEIGHT * WIDTH); tap++) {
    let row = top + tap / i32(WIDTH);
    let column = left + tap % i32(WIDTH);
    if (row < 0 || column < 0 || row >= i32(IN_HEIGHT) || column >= i32(IN_WIDTH)) { continue; }
    let value = x[((image * IN_HEIGHT + u32(row)) * IN_WIDTH + u32(column)) * CHANNELS + channel];
    if (found < 0 || value > most) { most = value; found = tap; }
  }
  largest[i] = found;`,
  );

const collect = (pool: Pool): Program =>
  each(
    "gradients of largest",
    pool,
    util.sizeFromShape(pool.inShape),
    bindings({ dx: "write", dy: "read", largest: "read" }, { largest: "i32" }),
    `let channel = i % CHANNELS;
  let pixel = i / CHANNELS;
  let image = pixel / (IN_WIDTH * IN_HEIGHT);
  let row = i32(pixel / IN_WIDTH % IN_HEIGHT) + ABOVE;
  let column = i32(pixel % IN_WIDTH) + BESIDE;
  var sum = 0.0;
  for (var window_row = max(0, (row - i32(HEIGHT) + i32(DOWN)) / i32(DOWN)); window_row <= min(row / i32(DOWN), i32(OUT_HEIGHT) - 1); window_row++) {
    for (var window_column = max(0, (column - i32(WIDTH) + i32(RIGHT)) / i32(RIGHT)); window_column <= min(column / i32(RIGHT), i32(OUT_WIDTH) - 1); window_column++) {
      let window = ((image * OUT_HEIGHT + u32(window_row)) * OUT_WIDTH + u32(window_column)) * CHANNELS + channel;
      let tap = (row - window_row * i32(DOWN)) * i32(WIDTH) + column - window_column * i32(RIGHT);
      if (largest[window] == tap) { sum += dy[window]; }
    }
  }
  dx[i] = sum;`,
  );

export const maxPoolGrad = kernel<Record<"dy" | "input", TensorInfo>, Attributes>(
  "MaxPoolGrad",
  ({ dy, input }, { filterSize, strides, pad, dimRoundingMode }, backend) => {
    const shape = input.shape as [number, number, number, number];
    const pool = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const largest = backend.makeTensorInfo(pool.outShape, "int32");
    backend.record(findLargest(pool), [largest, input]);
    const dx = backend.makeTensorInfo(input.shape, "float32");
    backend.record(collect(pool), [dx, dy, largest]);
    backend.disposeData(largest.dataId);
    return dx;
  },
);
