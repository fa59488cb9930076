// The description of a matrix product, and the parts of a shader that differ between threads and matrix units.
import type { Matrix } from "./matrix.js";
import type { MatrixUnit } from "./matrix-unit.js";
import type { Precision } from "./precision.js";
import type { VectorWidth } from "./vector.js";

export interface Gemm {
  /** The product is rows x columns, each entry a sum of `depth` terms. */
  rows: number;
  columns: number;
  depth: number;
  left: Matrix<"row" | "k">;
  right: Matrix<"k" | "column">;
  /** Statements that store a sum. In scope: `row`, `column`, `split`, and `sum` and `column_bias` for `vectorWidth` columns. */
  store: string;
  /** WGSL expression of `column_bias`, by `column`: read once for all rows. */
  columnBias?: string | undefined;
  /** Whether the sums of the right matrix's columns are stored as one more row. */
  columnSums: boolean;
  /** How many columns are stored at once. */
  vectorWidth: VectorWidth;
  /** Number of ranges of k whose sums are computed by different workgroups; they are then added in order. */
  splitK: number;
  precision: Precision;
  /** The matrix unit that multiplies, if there is one. */
  unit?: MatrixUnit | undefined;
  /** Whether a CPU computes. Prefetching gains nothing there, and unrolled loops or loops with a constant end take it longer to compile. */
  software: boolean;
}

/** How a workgroup multiplies two blocks in workgroup memory: WGSL. */
export interface Multiplication {
  /** Module-scope declarations, with `fn write_left(at, values)` and `fn write_right(at, values)`, which write four numbers to workgroup memory. */
  memory: string;
  /** Statements before the first block. */
  begin: string;
  /** Adds a block's products to the sums. */
  multiply: string;
  /** Calls `store` for each entry, and `store_any_row` with row ROWS for the column sums. */
  end: string;
}
