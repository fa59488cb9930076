// The product of two matrices that need not lie in memory: their entries are WGSL expressions of row and column. A convolution and both of
// its gradients are such products (implicit GEMM): nothing is unrolled into memory.
import { constants, spread } from "./bindings.js";
import { type Matrix, range, shareOf } from "./matrix.js";
import { kept, type Precision } from "./precision.js";
import { STEP, type Tile, threadsOf } from "./tile.js";
import { type Lanes, vector } from "./vector.js";

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

/** The shader's text without its bindings, and its workgroups. */
export const gemm = (
  { rows, columns, depth, left, right, store, beside, totals, lanes, parts, precision, software }: Gemm,
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
  const eachColumn = (b: number, text: (column: string, lane: string, j: number) => string) =>
    range(4 / lanes)
      .map((j) => text(`column + ${b * apart.right * 4 + j}u`, lanes === 4 ? "" : `[${j}]`, j))
      .join(" ");
  const stores = (name: string, row: string, b: number, sum: string) =>
    eachColumn(b, (at, lane, j) => `${name}(${row}, ${at}, part, ${sum}${lane}, beside${b}_${j});`);
  const [lefts, rights] = [
    shareOf(left, {
      name: "left",
      quads: quads.left,
      threads,
      first: "local",
      at: (i, k) => `left_or_zero(first_row + ${i}, ${k}, end)`,
    }),
    shareOf(right, {
      name: "right",
      quads: quads.right,
      threads,
      // Where a side has fewer vectors than there are threads, the other half takes them.
      first: `(local + ${threads / 2}u) % ${threads}u`,
      at: (i, k) => `right_or_zero(${k}, first_column + ${i}, end)`,
    }),
  ];
  const whole = depth % STEP === 0;
  const code = `
${constants({ ROWS: rows, COLUMNS: columns, DEPTH: depth, TERMS: termsOf(depth, parts) })}
${kept(precision)}
var<workgroup> lefts: array<Kept, ${STEP * quads.left}>;
var<workgroup> rights: array<Kept, ${STEP * quads.right}>;

fn left(row: u32, k: u32) -> ${vector(left.lanes)} { ${left.entry} }
fn right(k: u32, column: u32) -> ${vector(right.lanes)} { ${right.entry} }
${orZero("left", "row", "k", left.lanes, [rows % tile.rows === 0 || "row < ROWS", whole || "k < end"])}
${orZero("right", "k", "column", right.lanes, [columns % tile.columns === 0 || "column < COLUMNS", whole || "k < end"])}
alias Sums = ${vector(lanes)};
fn beside(column: u32) -> Sums { return ${beside ?? "Sums()"}; }
fn put(row: u32, column: u32, part: u32, sum: Sums, beside: Sums) { if (column < COLUMNS) { ${store} } }
fn store(row: u32, column: u32, part: u32, sum: Sums, beside: Sums) { if (row < ROWS) { put(row, column, part, sum, beside); } }

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let tile = group.y * ${x}u + group.x;
  if (tile >= ${count}u) { return; }
  let part = group.z;
  let first_row = tile / ${across}u * ${tile.rows}u;
  let first_column = tile % ${across}u * ${tile.columns}u;
  let start = part * TERMS;
  let end = min(DEPTH, start + TERMS);
  let across = local % ${apart.right}u;
  let down = local / ${apart.right}u;
  ${lefts.declare} ${rights.declare}
  var sums: array<vec4f, ${tile.down * acrosses.length}>;
  ${totals ? `var totals: array<vec4f, ${acrosses.length}>; let totalling = first_row == 0u && down == 0u;` : ""}
  // While a step is on its way from memory, the one before it is multiplied.
  for (var begin = start; begin < end + ${STEP}u; begin += ${STEP}u) {
    if (begin < end) {
      ${lefts.fetch}
      ${rights.fetch}
    }
    if (begin > start) {
      for (var k = 0u; k < ${software ? `min(${STEP}u, end + ${STEP}u - begin)` : `${STEP}u`}; k++) {
        ${downs.map((a) => `let a${a} = vec4f(lefts[k * ${quads.left}u + down + ${a * apart.left}u]);`).join(" ")}
        ${acrosses.map((b) => `let b${b} = vec4f(rights[k * ${quads.right}u + across + ${b * apart.right}u]);`).join(" ")}
        ${each((a, i, b, sum) => `${sum} = fma(vec4f(a${a}[${i}]), b${b}, ${sum});`)}
        ${totals ? `if (totalling) { ${acrosses.map((b) => `totals[${b}] += b${b};`).join(" ")} }` : ""}
      }
    }
    workgroupBarrier();
    if (begin < end) {
      ${lefts.keep}
      ${rights.keep}
    }
    workgroupBarrier();
  }
  let row = first_row + down * 4u;
  let column = first_column + across * 4u;
  ${acrosses.map((b) => eachColumn(b, (at, _, j) => `let beside${b}_${j} = beside(${at});`)).join(" ")}
  ${each((a, i, b, sum) => stores("store", `row + ${a * apart.left * 4 + i}u`, b, sum))}
  ${totals ? `if (totalling) { ${acrosses.map((b) => stores("put", "ROWS", b, `totals[${b}]`)).join(" ")} }` : ""}
}`;
  return { code, workgroups: [x, y, parts] as const };
};

/**
 * A side's entries, and zeros beyond its ends. They are read there, too: where reading depends on a branch, a GPU waits for each number before it asks for the
 * next, and WebGPU lets nobody read outside of a buffer.
 *
 * @param inside what must hold; true where it always does
 */
const orZero = (
  name: string,
  first: string,
  second: string,
  lanes: Lanes,
  inside: readonly (string | true)[],
): string => {
  const needed = inside.filter((condition) => condition !== true).map((condition) => `(${condition})`);
  const entry = `${name}(${first}, ${second})`;
  const type = vector(lanes);
  const value = needed.length === 0 ? entry : `select(${type}(), ${entry}, ${needed.join(" & ")})`;
  return `fn ${name}_or_zero(${first}: u32, ${second}: u32, end: u32) -> ${type} { return ${value}; }`;
};
