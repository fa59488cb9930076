// The matrix unit of each subgroup multiplies: 16-bit floats, summed in 32 bits. It counts offsets and strides in the vectors that lie in memory.

import { range } from "./matrix.js";
import type { MatrixUnit } from "./matrix-unit.js";
import type { Gemm, Multiplication } from "./multiplication.js";
import { LARGEST } from "./precision.js";
import { stepOf, type Tile, UNIT_PADDING } from "./tile.js";

export const bySubgroups = ({ lanes, totals }: Gemm, tile: Tile, unit: MatrixUnit): Multiplication => {
  const subgroups = (tile.rows * tile.columns) / tile.down / tile.across;
  const apart = tile.columns / tile.across;
  const [downs, acrosses] = [range(tile.down / unit.rows), range(tile.across / unit.columns)];
  const size = unit.rows * unit.columns;
  const step = stepOf(unit);
  const stride = { left: tile.rows + UNIT_PADDING, right: tile.columns + UNIT_PADDING };
  const left = `subgroup_matrix_left<f16, ${unit.depth}, ${unit.rows}>`;
  const right = `subgroup_matrix_right<f16, ${unit.columns}, ${unit.depth}>`;
  const result = `subgroup_matrix_result<f32, ${unit.columns}, ${unit.rows}>`;
  const each = (text: (a: number, b: number) => string) =>
    downs.flatMap((a) => acrosses.map((b) => text(a, b))).join("\n        ");
  const keep = (side: string) =>
    `fn keep_${side}(at: u32, numbers: vec4f) { ${side}s[at] = vec4<f16>(clamp(numbers, vec4f(-${LARGEST}), vec4f(${LARGEST}))); }`;
  /** A matrix of sums can be read by entries only where it was stored. */
  const stores = (sums: string, rows: number, call: (row: string, column: string) => string) => `
  subgroupMatrixStore<row_major>(&spare, subgroup * ${size}u, ${sums}, ${unit.columns}u);
  workgroupBarrier();
  for (var i = lane * ${lanes}u; i < ${rows * unit.columns}u; i += ${unit.threads * lanes}u) {
    let at = subgroup * ${size}u + i;
    let sum = ${lanes === 4 ? "Sums(spare[at], spare[at + 1u], spare[at + 2u], spare[at + 3u])" : "spare[at]"};
    ${call(`i / ${unit.columns}u`, `i % ${unit.columns}u`)}
  }
  workgroupBarrier();`;
  return {
    memory: `var<workgroup> lefts: array<vec4<f16>, ${(step * stride.left) / 4}>;
var<workgroup> rights: array<vec4<f16>, ${(step * stride.right) / 4}>;
var<workgroup> spare: array<f32, ${subgroups * size}>;
${keep("left")}
${keep("right")}`,
    begin: `let down = subgroup / ${apart}u * ${tile.down}u;
  let across = subgroup % ${apart}u * ${tile.across}u;
  ${each((a, b) => `var sums${a}_${b}: ${result};`)}
  ${totals ? `let ones = ${left}(1h); ${acrosses.map((b) => `var totals${b}: ${result};`).join(" ")}` : ""}`,
    multiply: range(step / unit.depth)
      .map(
        (k) => `{
        ${acrosses
          .map(
            (b) =>
              `let b${b} = subgroupMatrixLoad<${right}, row_major>(&rights, ${(k * unit.depth * stride.right + b * unit.columns) / 4}u + across / 4u, ${stride.right / 4}u);`,
          )
          .join(" ")}
        ${downs
          .map(
            (a) =>
              `let a${a} = subgroupMatrixLoad<${left}, col_major>(&lefts, ${(k * unit.depth * stride.left + a * unit.rows) / 4}u + down / 4u, ${stride.left / 4}u);`,
          )
          .join(" ")}
        ${each((a, b) => `sums${a}_${b} = subgroupMatrixMultiplyAccumulate(a${a}, b${b}, sums${a}_${b});`)}
        ${totals ? `if (first_row == 0u) { ${acrosses.map((b) => `totals${b} = subgroupMatrixMultiplyAccumulate(ones, b${b}, totals${b});`).join(" ")} }` : ""}
      }`,
      )
      .join(" "),
    end: `let row = first_row + down;
  let column = first_column + across;
  ${each((a, b) =>
    stores(
      `sums${a}_${b}`,
      unit.rows,
      (i, j) =>
        `let c = column + ${b * unit.columns}u + ${j}; store(row + ${a * unit.rows}u + ${i}, c, part, sum, beside(c));`,
    ),
  )}
  ${
    totals
      ? `if (first_row == 0u) { ${acrosses
          .map((b) =>
            stores(
              `totals${b}`,
              1,
              (_, j) =>
                `if (down == 0u) { let c = column + ${b * unit.columns}u + ${j}; put(ROWS, c, part, sum, beside(c)); }`,
            ),
          )
          .join(" ")} }`
      : ""
  }`,
  };
};
