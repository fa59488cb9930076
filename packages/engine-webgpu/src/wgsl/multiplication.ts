// The description of a matrix product, and the parts of a shader that differ between threads and matrix units.
import type { Matrix } from "./matrix.js";
import type { MatrixUnit } from "./matrix-unit.js";
import type { Precision } from "./precision.js";
import type { VectorWidth } from "./vector.js";

export interface Gemm {
  /** The product has rows x columns entries, each a sum of `depth` terms. */
  rows: number;
  columns: number;
  depth: number;
  left: Matrix<"row" | "k">;
  right: Matrix<"k" | "column">;
  /** Statements that store a sum. In scope: `row`, `column`, `split`, and `sum` and `column_bias` for `vectorWidth` columns. */
  store: string;
  /** WGSL expression of `column_bias` by `column`; evaluated once for all rows. */
  columnBias?: string | undefined;
  /** Whether the column sums of the right matrix are stored as an additional row. */
  columnSums: boolean;
  /** Number of columns that are stored at once. */
  vectorWidth: VectorWidth;
  /** Number of ranges of k whose sums are computed by different workgroups; the partial sums are then added in order. */
  splitK: number;
  precision: Precision;
  /** The matrix unit, if one is used. */
  unit?: MatrixUnit | undefined;
  /** Whether a CPU computes. There, prefetching gains nothing, and unrolled loops or loops with a constant end take longer to compile. */
  software: boolean;
}

/** WGSL by which a workgroup multiplies two blocks in workgroup memory. */
export interface Multiplication {
  /** Module-scope declarations, with `fn write_left(at, values)` and `fn write_right(at, values)`, which write four values to workgroup memory. */
  memory: string;
  /** Statements before the first block. */
  begin: string;
  /** Statements that add a block's products to the sums. */
  multiply: string;
  /** Statements that call `store` for each entry, and `store_any_row` with row ROWS for the column sums. */
  end: string;
}
