// Multiplication by the matrix unit of each subgroup: 16-bit floats, summed in 32 bits. Offsets and strides in workgroup memory count vectors.

import { range } from "./matrix.js";
import type { MatrixUnit } from "./matrix-unit.js";
import type { Gemm, Multiplication } from "./multiplication.js";
import { LARGEST } from "./precision.js";
import { blockKOf, type Tile, UNIT_PADDING } from "./tile.js";

export const bySubgroups = (
  { vectorWidth, columnSums }: Gemm,
  tile: Tile,
  unit: MatrixUnit,
): Multiplication => {
  const subgroups = (tile.rows * tile.columns) / tile.threadRows / tile.threadColumns;
  const subgroupColumns = tile.columns / tile.threadColumns;
  const [rowMatrices, columnMatrices] = [
    range(tile.threadRows / unit.rows),
    range(tile.threadColumns / unit.columns),
  ];
  const size = unit.rows * unit.columns;
  const blockK = blockKOf(unit);
  const stride = { left: tile.rows + UNIT_PADDING, right: tile.columns + UNIT_PADDING };
  const left = `subgroup_matrix_left<f16, ${unit.depth}, ${unit.rows}>`;
  const right = `subgroup_matrix_right<f16, ${unit.columns}, ${unit.depth}>`;
  const result = `subgroup_matrix_result<f32, ${unit.columns}, ${unit.rows}>`;
  const each = (text: (a: number, b: number) => string) =>
    rowMatrices.flatMap((a) => columnMatrices.map((b) => text(a, b))).join("\n        ");
  const write = (side: string) =>
    `fn write_${side}(at: u32, values: vec4f) { ${side}_block[at] = vec4<f16>(clamp(values, vec4f(-${LARGEST}), vec4f(${LARGEST}))); }`;
  /** Individual entries of a matrix of sums can be read only after it is stored in memory. */
  const stores = (sums: string, rows: number, call: (row: string, column: string) => string) => `
  subgroupMatrixStore<row_major>(&scratch, subgroup * ${size}u, ${sums}, ${unit.columns}u);
  workgroupBarrier();
  for (var i = lane * ${vectorWidth}u; i < ${rows * unit.columns}u; i += ${unit.threads * vectorWidth}u) {
    let at = subgroup * ${size}u + i;
    let sum = ${vectorWidth === 4 ? "Sums(scratch[at], scratch[at + 1u], scratch[at + 2u], scratch[at + 3u])" : "scratch[at]"};
    ${call(`i / ${unit.columns}u`, `i % ${unit.columns}u`)}
  }
  workgroupBarrier();`;
  return {
    memory: `var<workgroup> left_block: array<vec4<f16>, ${(blockK * stride.left) / 4}>;
var<workgroup> right_block: array<vec4<f16>, ${(blockK * stride.right) / 4}>;
var<workgroup> scratch: array<f32, ${subgroups * size}>;
${write("left")}
${write("right")}`,
    begin: `let subgroup_row = subgroup / ${subgroupColumns}u * ${tile.threadRows}u;
  let subgroup_column = subgroup % ${subgroupColumns}u * ${tile.threadColumns}u;
  ${each((a, b) => `var sums${a}_${b}: ${result};`)}
  ${columnSums ? `let ones = ${left}(1h); ${columnMatrices.map((b) => `var column_sums${b}: ${result};`).join(" ")}` : ""}`,
    multiply: range(blockK / unit.depth)
      .map(
        (k) => `{
        ${columnMatrices
          .map(
            (b) =>
              `let b${b} = subgroupMatrixLoad<${right}, row_major>(&right_block, ${(k * unit.depth * stride.right + b * unit.columns) / 4}u + subgroup_column / 4u, ${stride.right / 4}u);`,
          )
          .join(" ")}
        ${rowMatrices
          .map(
            (a) =>
              `let a${a} = subgroupMatrixLoad<${left}, col_major>(&left_block, ${(k * unit.depth * stride.left + a * unit.rows) / 4}u + subgroup_row / 4u, ${stride.left / 4}u);`,
          )
          .join(" ")}
        ${each((a, b) => `sums${a}_${b} = subgroupMatrixMultiplyAccumulate(a${a}, b${b}, sums${a}_${b});`)}
        ${columnSums ? `if (first_row == 0u) { ${columnMatrices.map((b) => `column_sums${b} = subgroupMatrixMultiplyAccumulate(ones, b${b}, column_sums${b});`).join(" ")} }` : ""}
      }`,
      )
      .join(" "),
    end: `let row = first_row + subgroup_row;
  let column = first_column + subgroup_column;
  ${each((a, b) =>
    stores(
      `sums${a}_${b}`,
      unit.rows,
      (i, j) =>
        `let c = column + ${b * unit.columns}u + ${j}; store(row + ${a * unit.rows}u + ${i}, c, split, sum, bias_of(c));`,
    ),
  )}
  ${
    columnSums
      ? `if (first_row == 0u) { ${columnMatrices
          .map((b) =>
            stores(
              `column_sums${b}`,
              1,
              (_, j) =>
                `if (subgroup_row == 0u) { let c = column + ${b * unit.columns}u + ${j}; store_any_row(ROWS, c, split, sum, bias_of(c)); }`,
            ),
          )
          .join(" ")} }`
      : ""
  }`,
  };
};
