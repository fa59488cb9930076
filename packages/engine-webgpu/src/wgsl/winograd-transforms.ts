// Shaders that transform images, filters and products for Winograd's convolutions. Frequencies are the outermost axis of what they write, so that
// each frequency's product over channels is an ordinary one. A thread transforms one channel of one tile in registers; neighbouring threads have
// neighbouring channels.
import type { Program } from "../program.js";
import { bindings, constants, spread } from "./bindings.js";
import { range } from "./matrix.js";
import type { Matrix } from "./winograd-matrices.js";

const THREADS = 256;

/** Images that are cut into tiles. Outside of them is zero. */
export interface Images {
  batch: number;
  height: number;
  width: number;
  channels: number;
}

/** A grid of tiles for each image. */
export interface Tiling {
  /** Tiles of an image along each side. */
  high: number;
  wide: number;
  /** Distance of two tiles in pixels. */
  step: number;
  /** Number of tiles of all images, rounded up; those past the last one are zero. */
  count: number;
}

/** WGSL's literal of a number. */
const literal = (value: number): string => {
  const text = String(Math.fround(value));
  return /[.e]/.test(text) ? text : `${text}.0`;
};

/** Sum of factor * term, without the terms whose factor is zero. */
const combination = (factors: readonly number[], term: (i: number) => string): string => {
  const parts = factors.flatMap((factor, i) =>
    factor === 0
      ? []
      : [factor === 1 ? term(i) : factor === -1 ? `-${term(i)}` : `${literal(factor)} * ${term(i)}`],
  );
  return parts.join(" + ").replaceAll("+ -", "- ");
};

/**
 * Statements that declare the entries of matrix * entries * matrix^T.
 *
 * @param entry expression of an entry; evaluated once
 * @returns the statements, and the name of an entry of the result
 */
const transformed = (matrix: Matrix, entry: (row: number, column: number) => string) => {
  const [outputs, inputs] = [range(matrix.length), range(matrix[0]!.length)];
  const loads = inputs.flatMap((i) => inputs.map((j) => `let e${i}_${j} = ${entry(i, j)};`));
  const columns = inputs.flatMap((j) =>
    outputs.map((i) => `let c${i}_${j} = ${combination(matrix[i]!, (k) => `e${k}_${j}`)};`),
  );
  const rows = outputs.flatMap((i) =>
    outputs.map((j) => `let t${i}_${j} = ${combination(matrix[j]!, (k) => `c${i}_${k}`)};`),
  );
  return {
    statements: [...loads, ...columns, ...rows].join("\n  "),
    name: (row: number, column: number) => `t${row}_${column}`,
  };
};

const main = (count: number, body: string): { code: string; workgroups: [number, number] } => {
  const [x, y] = spread(Math.ceil(count / THREADS));
  return {
    workgroups: [x, y],
    code: `@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${x}u + group.x) * ${THREADS}u + local;
  if (i >= ${count}u) { return; }
  ${body}
}`,
  };
};

/** Statements that store a square of `side` entries, frequency by frequency, `count` apart. */
const storeFrequencies = (
  side: number,
  count: number,
  name: (row: number, column: number) => string,
): string =>
  range(side)
    .flatMap((i) => range(side).map((j) => `result[${(i * side + j) * count}u + i] = ${name(i, j)};`))
    .join("\n  ");

const tileOf = (
  { channels }: { channels: number },
  { high, wide }: Tiling,
): string => `let channel = i % ${channels}u;
  let tile = i / ${channels}u;
  let image = tile / ${high * wide}u;
  let tile_row = tile / ${wide}u % ${high}u;
  let tile_column = tile % ${wide}u;`;

const text = (...parts: readonly object[]): string => parts.map((part) => JSON.stringify(part)).join(" ");

/**
 * Bindings: result [frequencies, tiling.count, channels], images [batch, height, width, channels].
 *
 * @param matrix [n, pixels of a tile along each side]
 * @param first row and column of the first tile's first pixel; negative in padding
 */
export const transformImages = (
  name: string,
  images: Images,
  tiling: Tiling,
  matrix: Matrix,
  first: { row: number; column: number },
): Program => {
  const { batch, height, width, channels } = images;
  const count = tiling.count * channels;
  const { statements, name: entry } = transformed(
    matrix,
    (i, j) => `pixel(image, row + ${i}, column + ${j}, channel)`,
  );
  const { code, workgroups } = main(
    count,
    `${tileOf(images, tiling)}
  let row = i32(tile_row * ${tiling.step}u) + FIRST_ROW;
  let column = i32(tile_column * ${tiling.step}u) + FIRST_COLUMN;
  ${statements}
  ${storeFrequencies(matrix.length, count, entry)}`,
  );
  return {
    key: `winograd ${name} ${text(images, tiling, first)} ${matrix.length}x${matrix[0]!.length}`,
    workgroups,
    // Reads do not depend on branches: outside of the images the first number is read and discarded.
    code: `${bindings({ result: "write", images: "read" })}
${constants({ BATCH: batch, HEIGHT: height, WIDTH: width, CHANNELS: channels })}
const FIRST_ROW = ${first.row}; const FIRST_COLUMN = ${first.column};
fn pixel(image: u32, row: i32, column: i32, channel: u32) -> f32 {
  let inside = (image < BATCH) & (u32(row) < HEIGHT) & (u32(column) < WIDTH);
  let i = ((image * HEIGHT + u32(row)) * WIDTH + u32(column)) * CHANNELS + channel;
  return select(0.0, images[select(0u, i, inside)], inside);
}
${code}`,
  };
};

/**
 * Bindings: result [frequencies, in * out], filter [taps, taps, in * out].
 *
 * @param matrix [n, taps]
 * @param flipped whether the filter is turned by half a circle, as for the gradient with respect to the input
 */
export const transformFilter = (size: number, matrix: Matrix, flipped: boolean): Program => {
  const taps = matrix[0]!.length;
  const tap = (i: number, j: number) => (flipped ? (taps - 1 - i) * taps + taps - 1 - j : i * taps + j);
  const { statements, name } = transformed(matrix, (i, j) => `weights[${tap(i, j) * size}u + i]`);
  const { code, workgroups } = main(size, `${statements}\n  ${storeFrequencies(matrix.length, size, name)}`);
  return {
    key: `winograd ${flipped ? "flipped filter" : "filter"} ${size} ${matrix.length}x${taps}`,
    workgroups,
    code: `${bindings({ result: "write", weights: "read" })}\n${code}`,
  };
};

/**
 * Bindings: result [batch, height, width, channels], products [frequencies, tiling.count, channels], and bias [channels] if there is one.
 *
 * @param matrix [outputs of a tile along each side, n]
 */
export const transformProducts = (
  images: Images,
  tiling: Tiling,
  matrix: Matrix,
  { bias, relu }: { bias: boolean; relu: boolean },
): Program => {
  const { batch, height, width, channels } = images;
  const side = matrix[0]!.length;
  const count = tiling.count * channels;
  const { statements, name } = transformed(matrix, (i, j) => `products[${(i * side + j) * count}u + i]`);
  const outputs = range(matrix.length);
  const stores = outputs.flatMap((i) =>
    outputs.map(
      (j) => `store(image, row + ${i}u, column + ${j}u, channel, ${name(i, j)}${bias ? " + beside" : ""});`,
    ),
  );
  const { code, workgroups } = main(
    batch * tiling.high * tiling.wide * channels,
    `${tileOf(images, tiling)}
  let row = tile_row * ${tiling.step}u;
  let column = tile_column * ${tiling.step}u;
  ${bias ? "let beside = bias[channel];" : ""}
  ${statements}
  ${stores.join("\n  ")}`,
  );
  return {
    key: `winograd products ${text(images, tiling)} ${matrix.length}x${side}${bias ? " bias" : ""}${relu ? " relu" : ""}`,
    workgroups,
    // max() is not used, because it may turn NaN into zero.
    code: `${bindings({ result: "write", products: "read", ...(bias && { bias: "read" }) })}
${constants({ HEIGHT: height, WIDTH: width, CHANNELS: channels })}
fn store(image: u32, row: u32, column: u32, channel: u32, sum: f32) {
  if (row < HEIGHT && column < WIDTH) {
    result[((image * HEIGHT + row) * WIDTH + column) * CHANNELS + channel] = ${relu ? "select(sum, 0.0, sum < 0.0)" : "sum"};
  }
}
${code}`,
  };
};

/**
 * Bindings: result [taps, taps, in * out], products [frequencies * splits, in * out]; the splits of a frequency are added in order.
 *
 * @param matrix [taps, n]
 */
export const transformFilterGradient = (size: number, splits: number, matrix: Matrix): Program => {
  const [taps, side] = [matrix.length, matrix[0]!.length];
  const { statements, name } = transformed(matrix, (i, j) => `sum(${(i * side + j) * splits}u, i)`);
  const stores = range(taps).flatMap((i) =>
    range(taps).map((j) => `result[${(i * taps + j) * size}u + i] = ${name(i, j)};`),
  );
  const { code, workgroups } = main(size, `${statements}\n  ${stores.join("\n  ")}`);
  return {
    key: `winograd filter gradient ${size} ${splits} ${taps}x${side}`,
    workgroups,
    code: `${bindings({ result: "write", products: "read" })}
fn sum(first: u32, i: u32) -> f32 {
  return ${range(splits)
    .map((split) => `products[(first + ${split}u) * ${size}u + i]`)
    .join(" + ")};
}
${code}`,
  };
};
