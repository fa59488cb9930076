// What a product of two matrices is made of, and what a way to multiply must provide.
import type { Matrix } from "./matrix.js";
import type { MatrixUnit } from "./matrix-unit.js";
import type { Precision } from "./precision.js";
import type { Lanes } from "./vector.js";

export interface Gemm {
  /** The product is rows x columns, each entry a sum of `depth` terms. */
  rows: number;
  columns: number;
  depth: number;
  left: Matrix<"row" | "k">;
  right: Matrix<"k" | "column">;
  /** What becomes of the sums: statements that know `row`, `column`, `part`, and `sum` and `beside` for as many columns as `lanes`. */
  store: string;
  /** What `store` knows as `beside`, by `column`: read once for all rows. */
  beside?: string | undefined;
  /** Whether there is a row more, behind the others: the sums of the right matrix's columns, as if the left one were all ones there. */
  totals: boolean;
  lanes: Lanes;
  /** Number of parts into which each sum is split; they are then added in order. */
  parts: number;
  precision: Precision;
  /** Multiplies, if there is one. */
  unit?: MatrixUnit | undefined;
  /** Whether a CPU computes. It gains nothing by asking ahead, and compiles for longer what is not in a loop, or in one whose end is known. */
  software: boolean;
}

/** How a workgroup multiplies what lies in its memory: WGSL. */
export interface Multiplication {
  /** Declarations outside of functions, `fn keep_left(at, numbers)` and `fn keep_right(at, numbers)` among them: four numbers into the workgroup's memory. */
  memory: string;
  /** Statements before the first step. */
  begin: string;
  /** Adds a step's products to the sums. */
  multiply: string;
  /** Calls `store` for each entry, and `put` with row ROWS for the totals. */
  end: string;
}
