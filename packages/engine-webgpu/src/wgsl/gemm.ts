// The product of two matrices that need not lie in memory: their entries are WGSL expressions of row and column. A convolution and both of
// its gradients are such products (implicit GEMM): nothing is unrolled into memory.
import { constants, spread } from "./bindings.js";

export interface Gemm {
  /** The product is rows x columns, each entry a sum of `depth` terms. */
  rows: number;
  columns: number;
  depth: number;
  /** `fn left(row: u32, k: u32) -> f32` and `fn right(k: u32, column: u32) -> f32`. */
  left: string;
  right: string;
  /** Along which index the entries of `left` and `right` lie next to one another: neighbouring threads take neighbours. */
  leftAlong: "row" | "k";
  rightAlong: "k" | "column";
  /** What becomes of a sum: statements that know `row`, `column`, `part` and `sum`. */
  store: string;
  /** Into how many parts each sum is split, which are then added up in their order. Default 1. */
  parts?: number;
}

/** Each thread sums a square of this side: of two vectors of four, sixteen products. */
const SIDE = 4;
/** Terms that a workgroup brings into its memory at once. */
const STEP = 16;

/** Entries of the product that a workgroup computes. */
interface Tile {
  rows: number;
  columns: number;
}

/** A narrow product would leave most of a square tile without work. */
const tileFor = (columns: number): Tile =>
  columns > 32
    ? { rows: 64, columns: 64 }
    : columns > 16
      ? { rows: 128, columns: 32 }
      : { rows: 128, columns: 16 };

/** About four workgroups for each of a large GPU's multiprocessors. */
const enoughWorkgroups = 528;
/** A part of fewer terms costs more to add up than it saves. */
const fewestTerms = 256;

/** Into how many parts to split the sums of a product that has too few entries to occupy a GPU. */
export const partsFor = (rows: number, columns: number, depth: number): number => {
  const tile = tileFor(columns);
  const tiles = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns);
  const wanted = Math.min(Math.ceil(depth / fewestTerms), Math.ceil(enoughWorkgroups / tiles));
  // As many as there are whole steps for: no part is left without terms.
  return Math.ceil(depth / termsOf(depth, Math.max(1, wanted)));
};

const termsOf = (depth: number, parts: number): number => Math.ceil(depth / parts / STEP) * STEP;

/** The shader's text without its bindings, and its workgroups. */
export const gemm = ({
  rows,
  columns,
  depth,
  left,
  right,
  leftAlong,
  rightAlong,
  store,
  parts = 1,
}: Gemm) => {
  const tile = tileFor(columns);
  const across = Math.ceil(columns / tile.columns);
  const tiles = Math.ceil(rows / tile.rows) * across;
  const threads = (tile.rows * tile.columns) / SIDE ** 2;
  const [x, y] = spread(tiles);
  const quads = { left: tile.rows / SIDE, right: tile.columns / SIDE };
  /** Each thread brings in its share of the quads; those of neighbours lie next to one another in memory. */
  const bring = (side: "left" | "right", along: boolean, entry: (i: number) => string) => `
    for (var i = local; i < ${STEP * quads[side]}u; i += ${threads}u) {
      ${along ? `let quad = i % ${quads[side]}u; let k = i / ${quads[side]}u;` : `let k = i % ${STEP}u; let quad = i / ${STEP}u;`}
      ${side}s[k * ${quads[side]}u + quad] = vec4f(${[0, 1, 2, 3].map(entry).join(", ")});
    }`;
  const code = `
${constants({ ROWS: rows, COLUMNS: columns, DEPTH: depth, TERMS: termsOf(depth, parts) })}
var<workgroup> lefts: array<vec4f, ${STEP * quads.left}>;
var<workgroup> rights: array<vec4f, ${STEP * quads.right}>;

fn left(row: u32, k: u32) -> f32 { ${left} }
fn right(k: u32, column: u32) -> f32 { ${right} }
fn left_or_zero(row: u32, k: u32, end: u32) -> f32 { if (row < ROWS && k < end) { return left(row, k); } return 0.0; }
fn right_or_zero(k: u32, column: u32, end: u32) -> f32 { if (column < COLUMNS && k < end) { return right(k, column); } return 0.0; }
fn store(row: u32, column: u32, part: u32, sum: f32) { if (row < ROWS && column < COLUMNS) { ${store} } }

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let tile = group.y * ${x}u + group.x;
  if (tile >= ${tiles}u) { return; }
  let part = group.z;
  let first_row = tile / ${across}u * ${tile.rows}u;
  let first_column = tile % ${across}u * ${tile.columns}u;
  let end = min(DEPTH, (part + 1u) * TERMS);
  let across = local % ${quads.right}u;
  let down = local / ${quads.right}u;
  var sums: array<vec4f, 4>;
  for (var begin = part * TERMS; begin < end; begin += ${STEP}u) {${bring(
    "left",
    leftAlong === "row",
    (j) => `left_or_zero(first_row + quad * 4u + ${j}u, begin + k, end)`,
  )}${bring("right", rightAlong === "column", (j) => `right_or_zero(begin + k, first_column + quad * 4u + ${j}u, end)`)}
    workgroupBarrier();
    for (var k = 0u; k < min(${STEP}u, end - begin); k++) {
      let a = lefts[k * ${quads.left}u + down];
      let b = rights[k * ${quads.right}u + across];
      sums[0] += a.x * b; sums[1] += a.y * b; sums[2] += a.z * b; sums[3] += a.w * b;
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) {
    let row = first_row + down * 4u + i;
    let column = first_column + across * 4u;
    for (var j = 0u; j < 4u; j++) { store(row, column + j, part, sums[i][j]); }
  }
}`;
  return { code, workgroups: [x, y, parts] as const };
};
