// The product of two matrices that need not be stored: their entries are WGSL expressions of row and column. A convolution and both of
// its gradients are such products (implicit GEMM), without an im2col matrix in memory.
import { constants, spread } from "./bindings.js";
import { bySubgroups } from "./by-subgroups.js";
import { byThreads } from "./by-threads.js";
import { type BlockLoader, blockLoader } from "./matrix.js";
import type { Gemm } from "./multiplication.js";
import { blockKOf, type Tile, threadsOf, UNIT_PADDING } from "./tile.js";
import { type VectorWidth, vector } from "./vector.js";

/** A product is computed in tiles, of which the smallest have about this many rows and columns. */
const SMALL_TILE = 32;
/** Entries that occupy a large GPU: four workgroups of 4,096 entries for each multiprocessor. */
const minEntries = 528 * 4096;
/** Minimum number of terms in a split; adding up smaller ones costs more than they save. */
const minTerms = 256;

/** Number of splits along k for a product that has too few entries to occupy a GPU. It does not depend on the tile, so neither do the sums. */
export const splitKFor = (rows: number, columns: number, depth: number): number => {
  const entries = Math.max(rows, SMALL_TILE) * Math.max(columns, SMALL_TILE);
  const wanted = Math.min(Math.ceil(depth / minTerms), Math.ceil(minEntries / entries));
  // Rounding terms up to whole blocks may give fewer splits than wanted; no split is empty.
  return Math.ceil(depth / termsPerSplit(depth, wanted));
};

/** A multiple of each `blockKOf`, so that splits are the same with and without a matrix unit. */
const LARGEST_BLOCK_K = 32;
const termsPerSplit = (depth: number, splitK: number): number =>
  Math.ceil(depth / splitK / LARGEST_BLOCK_K) * LARGEST_BLOCK_K;

/** The shader's code without its bindings, and its workgroups. */
export const gemm = (product: Gemm, tile: Tile) => {
  const { rows, columns, depth, left, right, store, columnBias, vectorWidth, splitK, unit, software } =
    product;
  const tileColumns = Math.ceil(columns / tile.columns);
  const count = Math.ceil(rows / tile.rows) * tileColumns;
  const threads = threadsOf(tile, unit);
  const [x, y] = spread(count);
  const blockK = blockKOf(unit);
  const padding = unit ? UNIT_PADDING : 0;
  const leftLoader = blockLoader(left, {
    name: "left",
    vectors: tile.rows / 4,
    stride: (tile.rows + padding) / 4,
    blockK,
    threads,
    thread: "local",
    at: (i, k) => `left_or_zero(first_row + ${i}, ${k}, end)`,
  });
  const rightLoader = blockLoader(right, {
    name: "right",
    vectors: tile.columns / 4,
    stride: (tile.columns + padding) / 4,
    blockK,
    threads,
    // If a matrix has fewer vectors than there are threads, the other half of the threads loads them.
    thread: `(local + ${threads / 2}u) % ${threads}u`,
    at: (i, k) => `right_or_zero(${k}, first_column + ${i}, end)`,
  });
  const { memory, begin, multiply, end } = unit ? bySubgroups(product, tile, unit) : byThreads(product, tile);
  const wholeBlocks = depth % blockK === 0;
  const code = `
${constants({ ROWS: rows, COLUMNS: columns, DEPTH: depth, TERMS_PER_SPLIT: termsPerSplit(depth, splitK) })}
${memory}
fn left(row: u32, k: u32) -> ${vector(left.vectorWidth)} { ${left.entry} }
fn right(k: u32, column: u32) -> ${vector(right.vectorWidth)} { ${right.entry} }
${orZero("left", "row", "k", left.vectorWidth, [rows % tile.rows === 0 || "row < ROWS", wholeBlocks || "k < end"])}
${orZero("right", "k", "column", right.vectorWidth, [wholeBlocks || "k < end", columns % tile.columns === 0 || "column < COLUMNS"])}
alias Sums = ${vector(vectorWidth)};
fn bias_of(column: u32) -> Sums { return ${columnBias ?? "Sums()"}; }
fn store_any_row(row: u32, column: u32, split: u32, sum: Sums, column_bias: Sums) { if (column < COLUMNS) { ${store} } }
fn store(row: u32, column: u32, split: u32, sum: Sums, column_bias: Sums) { if (row < ROWS) { store_any_row(row, column, split, sum, column_bias); } }

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32${
    unit ? ", @builtin(subgroup_id) subgroup: u32, @builtin(subgroup_invocation_id) lane: u32" : ""
  }) {
  let tile = group.y * ${x}u + group.x;
  if (tile >= ${count}u) { return; }
  let split = group.z;
  let first_row = tile / ${tileColumns}u * ${tile.rows}u;
  let first_column = tile % ${tileColumns}u * ${tile.columns}u;
  let start = split * TERMS_PER_SPLIT;
  let end = min(DEPTH, start + TERMS_PER_SPLIT);
  ${leftLoader.declare} ${rightLoader.declare}
  ${begin}
  ${(software ? simpleLoop : pipelinedLoop)(leftLoader, rightLoader, multiply, blockK)}
  ${end}
}`;
  return { code, workgroups: [x, y, splitK] as const };
};

const pipelinedLoop = (
  left: BlockLoader,
  right: BlockLoader,
  multiply: string,
  blockK: number,
): string => `// While a block is loaded from memory, the one before it is multiplied.
  for (var begin = start; begin < end + ${blockK}u; begin += ${blockK}u) {
    if (begin < end) {
      ${left.prefetch}
      ${right.prefetch}
    }
    if (begin > start) {
      ${multiply}
    }
    workgroupBarrier();
    if (begin < end) {
      ${left.write}
      ${right.write}
    }
    workgroupBarrier();
  }`;

const simpleLoop = (
  left: BlockLoader,
  right: BlockLoader,
  multiply: string,
  blockK: number,
): string => `for (var begin = start; begin < end; begin += ${blockK}u) {
    ${left.copy}
    ${right.copy}
    workgroupBarrier();
    ${multiply}
    workgroupBarrier();
  }`;

/**
 * A WGSL function that returns an entry of a matrix, or zero for an index outside of it. Outside, index 0 is read instead and the value is
 * discarded: if reading depended on a branch, a GPU would wait for each value before it reads the next.
 *
 * @param inside conditions under which `first` and `second` are inside, in this order; true if an index always is
 */
const orZero = (
  name: string,
  first: string,
  second: string,
  width: VectorWidth,
  inside: readonly [first: string | true, second: string | true],
): string => {
  const needed = inside.filter((condition) => condition !== true).map((condition) => `(${condition})`);
  const indices = [first, second].map((index, i) =>
    inside[i] === true ? index : `select(0u, ${index}, ${inside[i]})`,
  );
  const entry = `${name}(${indices.join(", ")})`;
  const type = vector(width);
  const value = needed.length === 0 ? entry : `select(${type}(), ${entry}, ${needed.join(" & ")})`;
  return `fn ${name}_or_zero(${first}: u32, ${second}: u32, end: u32) -> ${type} { return ${value}; }`;
};
