// Shared parts of the pooling shaders: sizes as constants, one thread for each vector of channels, loops over the pixels of a window.
import { backend_util } from "@tensorflow/tfjs-core";
import { checkWindow, explicit, type Pad } from "../conv-info.js";
import type { Program } from "../program.js";
import { constants, spread } from "./bindings.js";
import { vector, vectorWidthOf } from "./vector.js";

export type Pool = backend_util.Conv2DInfo;

export interface PoolAttributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: Pad;
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** @throws RangeError when the window does not fit the images, or can lie outside of them, where the result is undefined */
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
    constants({
      OUT_HEIGHT: pool.outHeight,
      OUT_WIDTH: pool.outWidth,
      VECTOR_WIDTH: vectorWidthOf(pool.inChannels),
    }),
    constants({ WINDOW_HEIGHT: pool.filterHeight, WINDOW_WIDTH: pool.filterWidth }),
    constants({ STRIDE_HEIGHT: pool.strideHeight, STRIDE_WIDTH: pool.strideWidth }),
    `const PAD_TOP = ${pool.padInfo.top}; const PAD_LEFT = ${pool.padInfo.left};`,
  ].join("\n");

/**
 * One thread for each vector of channels of each pixel of an image with the given rows and columns.
 *
 * @param body statements; in scope: `i`, the vector's index, and `image`, `row`, `column` and `channel`, its position
 */
export const eachPixel = (
  name: string,
  pool: Pool,
  [rows, columns]: readonly [number, number],
  head: string,
  body: string,
): Program => {
  const vectorWidth = vectorWidthOf(pool.inChannels);
  const count = (pool.batchSize * rows * columns * pool.inChannels) / vectorWidth;
  const [x, y] = spread(Math.ceil(count / THREADS));
  return {
    key: `${name} ${pool.inShape} ${pool.outShape} ${pool.filterHeight} ${pool.filterWidth} ${pool.strideHeight} ${pool.strideWidth} ${pool.padInfo.top} ${pool.padInfo.left}`,
    workgroups: [x, y],
    code: `${head}
${geometry(pool)}
alias Values = ${vector(vectorWidth)};
alias Flags = ${vectorWidth === 4 ? "vec4<bool>" : "bool"};
alias Numbers = ${vectorWidth === 4 ? "vec4i" : "i32"};
alias Bits = ${vectorWidth === 4 ? "vec4u" : "u32"};
// Bits are compared, because WGSL implementations may assume that no float is NaN.
fn is_nan(value: Values) -> Flags { return (bitcast<Bits>(value) & Bits(0x7fffffffu)) > Bits(0x7f800000u); }
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${x}u + group.x) * ${THREADS}u + local;
  if (i >= ${count}u) { return; }
  let channel = i % ${pool.inChannels / vectorWidth}u * VECTOR_WIDTH;
  let pixel = i / ${pool.inChannels / vectorWidth}u;
  let image = pixel / ${rows * columns}u;
  let row = i32(pixel / ${columns}u % ${rows}u);
  let column = i32(pixel % ${columns}u);
  ${body}
}`,
  };
};

/**
 * Runs `statements` for each pixel inside the image in the window of the output at `row` and `column`. In scope: the pixel's index `tap`, its
 * `value`, and whether it is the `first`.
 */
export const eachWindowPixel = (statements: string): string => `let top = row * i32(STRIDE_HEIGHT) - PAD_TOP;
  let left = column * i32(STRIDE_WIDTH) - PAD_LEFT;
  var first = true;
  for (var tap = 0; tap < i32(WINDOW_HEIGHT * WINDOW_WIDTH); tap++) {
    let in_row = top + tap / i32(WINDOW_WIDTH);
    let in_column = left + tap % i32(WINDOW_WIDTH);
    if (in_row < 0 || in_column < 0 || in_row >= i32(IN_HEIGHT) || in_column >= i32(IN_WIDTH)) { continue; }
    let value = x[(((image * IN_HEIGHT + u32(in_row)) * IN_WIDTH + u32(in_column)) * CHANNELS + channel) / VECTOR_WIDTH];
    ${statements}
    first = false;
  }`;

/**
 * Runs `statements` for each window that covers the input pixel at `row` and `column`. In scope: the window's position `y` and `x`, its index
 * `window`, and the pixel's position in the padded image, `padded_row` and `padded_column`.
 */
export const eachCoveringWindow = (statements: string): string => `let padded_row = row + PAD_TOP;
  let padded_column = column + PAD_LEFT;
  for (var y = max(0, (padded_row - i32(WINDOW_HEIGHT) + i32(STRIDE_HEIGHT)) / i32(STRIDE_HEIGHT)); y <= min(padded_row / i32(STRIDE_HEIGHT), i32(OUT_HEIGHT) - 1); y++) {
    for (var x = max(0, (padded_column - i32(WINDOW_WIDTH) + i32(STRIDE_WIDTH)) / i32(STRIDE_WIDTH)); x <= min(padded_column / i32(STRIDE_WIDTH), i32(OUT_WIDTH) - 1); x++) {
      let window = (((image * OUT_HEIGHT + u32(y)) * OUT_WIDTH + u32(x)) * CHANNELS + channel) / VECTOR_WIDTH;
      ${statements}
    }
  }`;
