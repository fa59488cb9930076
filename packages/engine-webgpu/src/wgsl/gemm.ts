// The product of two matrices that need not lie in memory: their entries are WGSL expressions of row and column. A convolution and both of
// its gradients are such products (implicit GEMM): nothing is unrolled into memory.
import { constants, spread } from "./bindings.js";
import { kept, type Precision } from "./precision.js";
import { STEP, type Tile, threadsOf } from "./tile.js";
import { type Lanes, vector } from "./vector.js";

/** A matrix by its entries. */
interface Matrix<Along> {
  /** The body of a function of `row` and `k`, or `k` and `column`. */
  entry: string;
  /** The index along which entries lie next to one another: neighbouring threads take neighbours. */
  along: Along;
  /** How many of those neighbours `entry` returns at once. The size along them is a multiple of it. */
  lanes: Lanes;
}

export interface Gemm {
  /** The product is rows x columns, each entry a sum of `depth` terms. */
  rows: number;
  columns: number;
  depth: number;
  left: Matrix<"row" | "k">;
  right: Matrix<"k" | "column">;
  /** What becomes of the sums: statements that know `row`, `column`, `part` and `sum`, as many columns of it as `lanes`. */
  store: string;
  /** Whether there is a row more, behind the others: the sums of the right matrix's columns, as if the left one were all ones there. */
  totals: boolean;
  lanes: Lanes;
  /** Into how many parts each sum is split, which are then added up in their order. */
  parts: number;
  precision: Precision;
  /** Whether a CPU computes: it compiles three times as long where a loop's end is known, and a GPU's compiler unrolls that one. */
  software: boolean;
}

/** Enough to give each of a large GPU's multiprocessors four workgroups of 4,096 entries. */
const enoughEntries = 528 * 4096;
/** A part of fewer terms costs more to add up than it saves. */
const fewestTerms = 256;

/** Into how many parts to split the sums of a product that has too few entries to occupy a GPU: the same for each tile, for the same sums. */
export const partsFor = (rows: number, columns: number, depth: number): number => {
  const wanted = Math.min(Math.ceil(depth / fewestTerms), Math.ceil(enoughEntries / (rows * columns)));
  // As many as there are whole steps for: no part is left without terms.
  return Math.ceil(depth / termsOf(depth, wanted));
};

const termsOf = (depth: number, parts: number): number => Math.ceil(depth / parts / STEP) * STEP;

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * How threads bring one side's share of a step into workgroup memory: as vectors of four rows (or columns) at one k, which a thread then
 * multiplies without moving them.
 *
 * @param at the side's entry at (i, k), zero outside the matrix
 */
const bring = (
  side: "left" | "right",
  { lanes, along }: Matrix<string>,
  quads: number,
  { threads, first, at }: { threads: number; first: string; at: (i: string, k: string) => string },
): string => {
  const alongK = along === "k";
  const put = (k: string, value: string) => `${side}s[(${k}) * ${quads}u + quad] = kept(${value});`;
  const entries = range(4).map((j) => `at + ${j}u`);
  // Four vectors along k are four along the rows once they are turned.
  const blocks = alongK && lanes === 4;
  const high = blocks ? STEP / 4 : STEP;
  const body = blocks
    ? `let turned = transpose(mat4x4f(${entries.map((i) => at(i, "begin + k * 4u"))}));
      ${range(4)
        .map((j) => put(`k * 4u + ${j}u`, `turned[${j}]`))
        .join(" ")}`
    : put("k", lanes === 4 ? at("at", "begin + k") : `vec4f(${entries.map((i) => at(i, "begin + k"))})`);
  return `
    for (var i = ${first}; i < ${high * quads}u; i += ${threads}u) {
      ${alongK ? `let k = i % ${high}u; let quad = i / ${high}u;` : `let quad = i % ${quads}u; let k = i / ${quads}u;`}
      let at = first_${side === "left" ? "row" : "column"} + quad * 4u;
      ${body}
    }`;
};

/** The shader's text without its bindings, and its workgroups. */
export const gemm = (
  { rows, columns, depth, left, right, store, totals, lanes, parts, precision, software }: Gemm,
  tile: Tile,
) => {
  const across = Math.ceil(columns / tile.columns);
  const count = Math.ceil(rows / tile.rows) * across;
  const threads = threadsOf(tile);
  const [x, y] = spread(count);
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
      .join("\n      ");
  const stores = (name: string, row: string, b: number, sum: string) =>
    range(4 / lanes)
      .map(
        (j) =>
          `${name}(${row}, column + ${b * apart.right * 4 + j}u, part, ${sum}${lanes === 4 ? "" : `[${j}]`});`,
      )
      .join(" ");
  const code = `
${constants({ ROWS: rows, COLUMNS: columns, DEPTH: depth, TERMS: termsOf(depth, parts) })}
${kept(precision)}
var<workgroup> lefts: array<Kept, ${STEP * quads.left}>;
var<workgroup> rights: array<Kept, ${STEP * quads.right}>;

fn left(row: u32, k: u32) -> ${vector(left.lanes)} { ${left.entry} }
fn right(k: u32, column: u32) -> ${vector(right.lanes)} { ${right.entry} }
fn left_or_zero(row: u32, k: u32, end: u32) -> ${vector(left.lanes)} { if (row < ROWS && k < end) { return left(row, k); } return ${vector(left.lanes)}(); }
fn right_or_zero(k: u32, column: u32, end: u32) -> ${vector(right.lanes)} { if (column < COLUMNS && k < end) { return right(k, column); } return ${vector(right.lanes)}(); }
fn put(row: u32, column: u32, part: u32, sum: ${vector(lanes)}) { if (column < COLUMNS) { ${store} } }
fn store(row: u32, column: u32, part: u32, sum: ${vector(lanes)}) { if (row < ROWS) { put(row, column, part, sum); } }

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let tile = group.y * ${x}u + group.x;
  if (tile >= ${count}u) { return; }
  let part = group.z;
  let first_row = tile / ${across}u * ${tile.rows}u;
  let first_column = tile % ${across}u * ${tile.columns}u;
  let end = min(DEPTH, (part + 1u) * TERMS);
  let across = local % ${apart.right}u;
  let down = local / ${apart.right}u;
  var sums: array<vec4f, ${tile.down * acrosses.length}>;
  ${totals ? `var totals: array<vec4f, ${acrosses.length}>; let totalling = first_row == 0u && down == 0u;` : ""}
  for (var begin = part * TERMS; begin < end; begin += ${STEP}u) {${bring("left", left, quads.left, {
    threads,
    first: "local",
    at: (i, k) => `left_or_zero(${i}, ${k}, end)`,
  })}${bring("right", right, quads.right, {
    threads,
    // Where a side has fewer vectors than there are threads, the other half takes them.
    first: `(local + ${threads / 2}u) % ${threads}u`,
    at: (i, k) => `right_or_zero(${k}, ${i}, end)`,
  })}
    workgroupBarrier();
    for (var k = 0u; k < ${software ? `min(${STEP}u, end - begin)` : `${STEP}u`}; k++) {
      ${downs.map((a) => `let a${a} = vec4f(lefts[k * ${quads.left}u + down + ${a * apart.left}u]);`).join(" ")}
      ${acrosses.map((b) => `let b${b} = vec4f(rights[k * ${quads.right}u + across + ${b * apart.right}u]);`).join(" ")}
      ${each((a, i, b, sum) => `${sum} = fma(vec4f(a${a}[${i}]), b${b}, ${sum});`)}
      ${totals ? `if (totalling) { ${acrosses.map((b) => `totals[${b}] += b${b};`).join(" ")} }` : ""}
    }
    workgroupBarrier();
  }
  let row = first_row + down * 4u;
  let column = first_column + across * 4u;
  ${each((a, i, b, sum) => stores("store", `row + ${a * apart.left * 4 + i}u`, b, sum))}
  ${totals ? `if (totalling) { ${acrosses.map((b) => stores("put", "ROWS", b, `totals[${b}]`)).join(" ")} }` : ""}
}`;
  return { code, workgroups: [x, y, parts] as const };
};
