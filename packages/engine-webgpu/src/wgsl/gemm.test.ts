// Reads outside of a product's matrices: each index must be replaced under its own condition, not under the other index's.
import { expect, test } from "vitest";
import { gemm } from "./gemm.js";
import { tiles } from "./tile.js";

const tile = tiles[0]!;

/** The shader's functions that read the left and the right matrix of a product. */
const readers = (rows: number, columns: number, depth: number): string[] =>
  gemm(
    {
      rows,
      columns,
      depth,
      left: { entry: "return a[row * DEPTH + k];", contiguous: "k", vectorWidth: 1 },
      right: { entry: "return b[k * COLUMNS + column];", contiguous: "column", vectorWidth: 1 },
      store: "",
      columnSums: false,
      vectorWidth: 1,
      splitK: 1,
      precision: "full",
      software: false,
    },
    tile,
  )
    .code.split("\n")
    .filter((line) => line.includes("_or_zero(") && line.startsWith("fn "));

test("an index outside of a matrix is replaced by 0 before the matrix is read", () => {
  const [left, right] = readers(tile.rows + 1, tile.columns + 1, 33);
  expect(left).toContain("left(select(0u, row, row < ROWS), select(0u, k, k < end))");
  expect(right).toContain("right(select(0u, k, k < end), select(0u, column, column < COLUMNS))");
});

test("only the index that can be outside is replaced", () => {
  expect(readers(tile.rows, tile.columns, 33)[1]).toContain("right(select(0u, k, k < end), column)");
  expect(readers(tile.rows, tile.columns + 1, 64)[1]).toContain(
    "right(k, select(0u, column, column < COLUMNS))",
  );
});
