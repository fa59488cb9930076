// What the shaders of max pooling share: sizes as constants, a thread for each few channels, the pixels under a window.
import { backend_util } from "@tensorflow/tfjs-core";
import { checkWindow, explicit, type Pad } from "../conv-info.js";
import type { Program } from "../program.js";
import { constants, spread } from "./bindings.js";
import { lanesOf, vector } from "./vector.js";

export type Pool = backend_util.Conv2DInfo;

export interface PoolAttributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: Pad;
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** @throws RangeError when the window does not fit the images, or can lie outside of them, where it has no value */
export const poolInfo = (
  where: string,
  shape: number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): Pool => {
  if (shape.length !== 4) {
    throw new Error(`${where} on webgpu: expected images [batch, height, width, channels], got [${shape}]`);
  }
  const info = backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    explicit(pad),
    dimRoundingMode,
  );
  checkWindow(where, info);
  const { top, bottom, left, right } = info.padInfo;
  const outside =
    top >= info.filterHeight ||
    left >= info.filterWidth ||
    (info.outHeight - 1) * info.strideHeight - top >= info.inHeight ||
    (info.outWidth - 1) * info.strideWidth - left >= info.inWidth;
  if (outside) {
    throw new RangeError(
      `${where} on webgpu: expected each window to cover a pixel of the image, got window ${info.filterHeight}x${info.filterWidth} ` +
        `with padding [${[top, bottom, left, right]}]; pad at most half of the window`,
    );
  }
  return info;
};

const THREADS = 256;

const geometry = (pool: Pool): string =>
  [
    constants({ IN_HEIGHT: pool.inHeight, IN_WIDTH: pool.inWidth, CHANNELS: pool.inChannels }),
    constants({ OUT_HEIGHT: pool.outHeight, OUT_WIDTH: pool.outWidth, LANES: lanesOf(pool.inChannels) }),
    constants({ HEIGHT: pool.filterHeight, WIDTH: pool.filterWidth }),
    constants({ DOWN: pool.strideHeight, RIGHT: pool.strideWidth }),
    `const ABOVE = ${pool.padInfo.top}; const BESIDE = ${pool.padInfo.left};`,
  ].join("\n");

/**
 * A thread for each vector of channels of each pixel of an image of so many rows and columns.
 *
 * @param body knows `i`, the vector; `image`, `row`, `column` and `channel`, where that is
 */
export const eachPixel = (
  name: string,
  pool: Pool,
  [rows, columns]: readonly [number, number],
  head: string,
  body: string,
): Program => {
  const lanes = lanesOf(pool.inChannels);
  const count = (pool.batchSize * rows * columns * pool.inChannels) / lanes;
  const [x, y] = spread(Math.ceil(count / THREADS));
  return {
    key: `${name} ${pool.inShape} ${pool.outShape} ${pool.filterHeight} ${pool.filterWidth} ${pool.strideHeight} ${pool.strideWidth} ${pool.padInfo.top} ${pool.padInfo.left}`,
    workgroups: [x, y],
    code: `${head}
${geometry(pool)}
alias Values = ${vector(lanes)};
alias Flags = ${lanes === 4 ? "vec4<bool>" : "bool"};
alias Numbers = ${lanes === 4 ? "vec4i" : "i32"};
alias Bits = ${lanes === 4 ? "vec4u" : "u32"};
// Compared as bits, because WGSL implementations may assume that no float is NaN.
fn is_nan(value: Values) -> Flags { return (bitcast<Bits>(value) & Bits(0x7fffffffu)) > Bits(0x7f800000u); }
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${x}u + group.x) * ${THREADS}u + local;
  if (i >= ${count}u) { return; }
  let channel = i % ${pool.inChannels / lanes}u * LANES;
  let pixel = i / ${pool.inChannels / lanes}u;
  let image = pixel / ${rows * columns}u;
  let row = i32(pixel / ${columns}u % ${rows}u);
  let column = i32(pixel % ${columns}u);
  ${body}
}`,
  };
};

/** Statements over the window of an output at `row` and `column`: for each `tap` inside the image they know its `value` in `x`, and whether it is the `first`. */
export const eachTap = (statements: string): string => `let top = row * i32(DOWN) - ABOVE;
  let left = column * i32(RIGHT) - BESIDE;
  var first = true;
  for (var tap = 0; tap < i32(HEIGHT * WIDTH); tap++) {
    let down = top + tap / i32(WIDTH);
    let right = left + tap % i32(WIDTH);
    if (down < 0 || right < 0 || down >= i32(IN_HEIGHT) || right >= i32(IN_WIDTH)) { continue; }
    let value = x[(((image * IN_HEIGHT + u32(down)) * IN_WIDTH + u32(right)) * CHANNELS + channel) / LANES];
    ${statements}
    first = false;
  }`;

/** Statements for each window that an input pixel at `row` and `column` is in: they know the window's place, `y` and `x`, its index `window`, and the padded `down` and `right`. */
export const eachWindowOver = (statements: string): string => `let down = row + ABOVE;
  let right = column + BESIDE;
  for (var y = max(0, (down - i32(HEIGHT) + i32(DOWN)) / i32(DOWN)); y <= min(down / i32(DOWN), i32(OUT_HEIGHT) - 1); y++) {
    for (var x = max(0, (right - i32(WIDTH) + i32(RIGHT)) / i32(RIGHT)); x <= min(right / i32(RIGHT), i32(OUT_WIDTH) - 1); x++) {
      let window = (((image * OUT_HEIGHT + u32(y)) * OUT_WIDTH + u32(x)) * CHANNELS + channel) / LANES;
      ${statements}
    }
  }`;
