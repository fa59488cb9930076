// Multiplication by threads: each computes some rows and columns of a tile, four of each at a time.

import { range } from "./matrix.js";
import type { Gemm, Multiplication } from "./multiplication.js";
import { tileVector } from "./precision.js";
import { blockKOf, type Tile } from "./tile.js";

/**
 * A thread's row and column among the threads of a tile. If there are enough threads, the 32 threads of a warp form a rectangle of 4 by 8, so that
 * they read few different vectors of both matrices.
 */
const threadPosition = (grid: { rows: number; columns: number }, threads: number): string => {
  if (grid.columns % 8 !== 0 || grid.rows % 4 !== 0 || threads % 32 !== 0)
    return `let thread_column = local % ${grid.columns}u; let thread_row = local / ${grid.columns}u;`;
  const warpColumns = grid.columns / 8;
  return `let warp = local / 32u;
  let thread_column = warp % ${warpColumns}u * 8u + local % 8u;
  let thread_row = warp / ${warpColumns}u * 4u + local / 8u % 4u;`;
};

export const byThreads = (
  { vectorWidth, columnSums, precision, software }: Gemm,
  tile: Tile,
): Multiplication => {
  const blockK = blockKOf();
  const vectors = { left: tile.rows / 4, right: tile.columns / 4 };
  const [rowVectors, columnVectors] = [range(tile.threadRows / 4), range(tile.threadColumns / 4)];
  /** Threads along rows and columns. A thread's vectors are this far apart, so that neighbouring threads read neighbouring vectors. */
  const grid = { rows: vectors.left / rowVectors.length, columns: vectors.right / columnVectors.length };
  const each = (text: (a: number, i: number, b: number, sum: string) => string) =>
    rowVectors
      .flatMap((a) =>
        range(4).flatMap((i) =>
          columnVectors.map((b) => text(a, i, b, `sums[${(a * 4 + i) * columnVectors.length + b}]`)),
        ),
      )
      .join("\n        ");
  const eachColumn = (b: number, text: (column: string, component: string, j: number) => string) =>
    range(4 / vectorWidth)
      .map((j) => text(`column + ${b * grid.columns * 4 + j}u`, vectorWidth === 4 ? "" : `[${j}]`, j))
      .join(" ");
  const stores = (name: string, row: string, b: number, sum: string) =>
    eachColumn(b, (at, component, j) => `${name}(${row}, ${at}, split, ${sum}${component}, bias${b}_${j});`);
  const eachColumnSum = (text: (b: number) => string) =>
    columnSums ? `if (sums_columns) { ${columnVectors.map(text).join(" ")} }` : "";
  return {
    memory: `${tileVector(precision)}
var<workgroup> left_block: array<TileVector, ${blockK * vectors.left}>;
var<workgroup> right_block: array<TileVector, ${blockK * vectors.right}>;
fn write_left(at: u32, values: vec4f) { left_block[at] = to_tile(values); }
fn write_right(at: u32, values: vec4f) { right_block[at] = to_tile(values); }`,
    begin: `${threadPosition(grid, (tile.rows * tile.columns) / tile.threadRows / tile.threadColumns)}
  var sums: array<vec4f, ${tile.threadRows * columnVectors.length}>;
  ${columnSums ? `var column_sums: array<vec4f, ${columnVectors.length}>; let sums_columns = first_row == 0u && thread_row == 0u;` : ""}`,
    multiply: `for (var k = 0u; k < ${software ? `min(${blockK}u, end - begin)` : `${blockK}u`}; k++) {
        ${rowVectors.map((a) => `let a${a} = vec4f(left_block[k * ${vectors.left}u + thread_row + ${a * grid.rows}u]);`).join(" ")}
        ${columnVectors.map((b) => `let b${b} = vec4f(right_block[k * ${vectors.right}u + thread_column + ${b * grid.columns}u]);`).join(" ")}
        ${each((a, i, b, sum) => `${sum} = fma(vec4f(a${a}[${i}]), b${b}, ${sum});`)}
        ${eachColumnSum((b) => `column_sums[${b}] += b${b};`)}
      }`,
    end: `let row = first_row + thread_row * 4u;
  let column = first_column + thread_column * 4u;
  ${columnVectors.map((b) => eachColumn(b, (at, _, j) => `let bias${b}_${j} = bias_of(${at});`)).join(" ")}
  ${each((a, i, b, sum) => stores("store", `row + ${a * grid.rows * 4 + i}u`, b, sum))}
  ${eachColumnSum((b) => stores("store_any_row", "ROWS", b, `column_sums[${b}]`))}`,
  };
};
