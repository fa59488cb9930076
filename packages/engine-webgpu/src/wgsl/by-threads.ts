// Each thread multiplies: some rows of a tile by some of its columns, four of each at a time.

import { range } from "./matrix.js";
import type { Gemm, Multiplication } from "./multiplication.js";
import { kept } from "./precision.js";
import { stepOf, type Tile } from "./tile.js";

/**
 * Where a thread's entries are: the 32 threads of a warp as 8 by 4, where there are so many, so that they read as few different vectors of both sides as
 * they can.
 */
const place = (apart: { left: number; right: number }, threads: number): string => {
  if (apart.right % 8 !== 0 || apart.left % 4 !== 0 || threads % 32 !== 0)
    return `let across = local % ${apart.right}u; let down = local / ${apart.right}u;`;
  const warps = apart.right / 8;
  return `let warp = local / 32u;
  let across = warp % ${warps}u * 8u + local % 8u;
  let down = warp / ${warps}u * 4u + local / 8u % 4u;`;
};

export const byThreads = ({ lanes, totals, precision, software }: Gemm, tile: Tile): Multiplication => {
  const step = stepOf();
  const quads = { left: tile.rows / 4, right: tile.columns / 4 };
  /** A thread's vectors are this far apart, so that neighbours read neighbours. */
  const [downs, acrosses] = [range(tile.down / 4), range(tile.across / 4)];
  const apart = { left: quads.left / downs.length, right: quads.right / acrosses.length };
  const each = (text: (a: number, i: number, b: number, sum: string) => string) =>
    downs
      .flatMap((a) =>
        range(4).flatMap((i) =>
          acrosses.map((b) => text(a, i, b, `sums[${(a * 4 + i) * acrosses.length + b}]`)),
        ),
      )
      .join("\n        ");
  const eachColumn = (b: number, text: (column: string, lane: string, j: number) => string) =>
    range(4 / lanes)
      .map((j) => text(`column + ${b * apart.right * 4 + j}u`, lanes === 4 ? "" : `[${j}]`, j))
      .join(" ");
  const stores = (name: string, row: string, b: number, sum: string) =>
    eachColumn(b, (at, lane, j) => `${name}(${row}, ${at}, part, ${sum}${lane}, beside${b}_${j});`);
  const eachTotal = (text: (b: number) => string) =>
    totals ? `if (totalling) { ${acrosses.map(text).join(" ")} }` : "";
  return {
    memory: `${kept(precision)}
var<workgroup> lefts: array<Kept, ${step * quads.left}>;
var<workgroup> rights: array<Kept, ${step * quads.right}>;
fn keep_left(at: u32, numbers: vec4f) { lefts[at] = kept(numbers); }
fn keep_right(at: u32, numbers: vec4f) { rights[at] = kept(numbers); }`,
    begin: `${place(apart, (tile.rows * tile.columns) / tile.down / tile.across)}
  var sums: array<vec4f, ${tile.down * acrosses.length}>;
  ${totals ? `var totals: array<vec4f, ${acrosses.length}>; let totalling = first_row == 0u && down == 0u;` : ""}`,
    multiply: `for (var k = 0u; k < ${software ? `min(${step}u, end - begin)` : `${step}u`}; k++) {
        ${downs.map((a) => `let a${a} = vec4f(lefts[k * ${quads.left}u + down + ${a * apart.left}u]);`).join(" ")}
        ${acrosses.map((b) => `let b${b} = vec4f(rights[k * ${quads.right}u + across + ${b * apart.right}u]);`).join(" ")}
        ${each((a, i, b, sum) => `${sum} = fma(vec4f(a${a}[${i}]), b${b}, ${sum});`)}
        ${eachTotal((b) => `totals[${b}] += b${b};`)}
      }`,
    end: `let row = first_row + down * 4u;
  let column = first_column + across * 4u;
  ${acrosses.map((b) => eachColumn(b, (at, _, j) => `let beside${b}_${j} = beside(${at});`)).join(" ")}
  ${each((a, i, b, sum) => stores("store", `row + ${a * apart.left * 4 + i}u`, b, sum))}
  ${eachTotal((b) => stores("put", "ROWS", b, `totals[${b}]`))}`,
  };
};
