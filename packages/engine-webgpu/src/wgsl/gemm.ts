// The product of two matrices that need not lie in memory: their entries are WGSL expressions of row and column. A convolution and both of
// its gradients are such products (implicit GEMM): nothing is unrolled into memory.
import { constants, spread } from "./bindings.js";
import { bySubgroups } from "./by-subgroups.js";
import { byThreads } from "./by-threads.js";
import { type Share, shareOf } from "./matrix.js";
import type { Gemm } from "./multiplication.js";
import { stepOf, type Tile, threadsOf, UNIT_PADDING } from "./tile.js";
import { type Lanes, vector } from "./vector.js";

/** Enough to give each of a large GPU's multiprocessors four workgroups of 4,096 entries. */
const enoughEntries = 528 * 4096;
/** A part of fewer terms costs more to add up than it saves. */
const fewestTerms = 256;

/** Number of parts for the sums of a product that has too few entries to occupy a GPU. It is the same for every tile, so that the sums are too. */
export const partsFor = (rows: number, columns: number, depth: number): number => {
  const wanted = Math.min(Math.ceil(depth / fewestTerms), Math.ceil(enoughEntries / (rows * columns)));
  // As many as there are whole steps for: no part is left without terms.
  return Math.ceil(depth / termsOf(depth, wanted));
};

/** Whole steps, those of a matrix unit too. */
const LONGEST_STEP = 32;
const termsOf = (depth: number, parts: number): number =>
  Math.ceil(depth / parts / LONGEST_STEP) * LONGEST_STEP;

/** The shader's text without its bindings, and its workgroups. */
export const gemm = (product: Gemm, tile: Tile) => {
  const { rows, columns, depth, left, right, store, beside, lanes, parts, unit, software } = product;
  const across = Math.ceil(columns / tile.columns);
  const count = Math.ceil(rows / tile.rows) * across;
  const threads = threadsOf(tile, unit);
  const [x, y] = spread(count);
  const step = stepOf(unit);
  const padding = unit ? UNIT_PADDING : 0;
  const lefts = shareOf(left, {
    name: "left",
    quads: tile.rows / 4,
    stride: (tile.rows + padding) / 4,
    step,
    threads,
    first: "local",
    at: (i, k) => `left_or_zero(first_row + ${i}, ${k}, end)`,
  });
  const rights = shareOf(right, {
    name: "right",
    quads: tile.columns / 4,
    stride: (tile.columns + padding) / 4,
    step,
    threads,
    // Where a side has fewer vectors than there are threads, the other half takes them.
    first: `(local + ${threads / 2}u) % ${threads}u`,
    at: (i, k) => `right_or_zero(${k}, first_column + ${i}, end)`,
  });
  const { memory, begin, multiply, end } = unit ? bySubgroups(product, tile, unit) : byThreads(product, tile);
  const whole = depth % step === 0;
  const code = `
${constants({ ROWS: rows, COLUMNS: columns, DEPTH: depth, TERMS: termsOf(depth, parts) })}
${memory}
fn left(row: u32, k: u32) -> ${vector(left.lanes)} { ${left.entry} }
fn right(k: u32, column: u32) -> ${vector(right.lanes)} { ${right.entry} }
${orZero("left", "row", "k", left.lanes, [rows % tile.rows === 0 || "row < ROWS", whole || "k < end"])}
${orZero("right", "k", "column", right.lanes, [columns % tile.columns === 0 || "column < COLUMNS", whole || "k < end"])}
alias Sums = ${vector(lanes)};
fn beside(column: u32) -> Sums { return ${beside ?? "Sums()"}; }
fn put(row: u32, column: u32, part: u32, sum: Sums, beside: Sums) { if (column < COLUMNS) { ${store} } }
fn store(row: u32, column: u32, part: u32, sum: Sums, beside: Sums) { if (row < ROWS) { put(row, column, part, sum, beside); } }

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32${
    unit ? ", @builtin(subgroup_id) subgroup: u32, @builtin(subgroup_invocation_id) lane: u32" : ""
  }) {
  let tile = group.y * ${x}u + group.x;
  if (tile >= ${count}u) { return; }
  let part = group.z;
  let first_row = tile / ${across}u * ${tile.rows}u;
  let first_column = tile % ${across}u * ${tile.columns}u;
  let start = part * TERMS;
  let end = min(DEPTH, start + TERMS);
  ${lefts.declare} ${rights.declare}
  ${begin}
  ${(software ? oneByOne : ahead)(lefts, rights, multiply, step)}
  ${end}
}`;
  return { code, workgroups: [x, y, parts] as const };
};

const ahead = (
  lefts: Share,
  rights: Share,
  multiply: string,
  step: number,
): string => `// While a step is on its way from memory, the one before it is multiplied.
  for (var begin = start; begin < end + ${step}u; begin += ${step}u) {
    if (begin < end) {
      ${lefts.fetch}
      ${rights.fetch}
    }
    if (begin > start) {
      ${multiply}
    }
    workgroupBarrier();
    if (begin < end) {
      ${lefts.keep}
      ${rights.keep}
    }
    workgroupBarrier();
  }`;

const oneByOne = (
  lefts: Share,
  rights: Share,
  multiply: string,
  step: number,
): string => `for (var begin = start; begin < end; begin += ${step}u) {
    ${lefts.bring}
    ${rights.bring}
    workgroupBarrier();
    ${multiply}
    workgroupBarrier();
  }`;

/**
 * A side's entries, and zeros beyond its ends, where the first entry is read and not used: if reading depended on a branch, a GPU would wait for each number
 * before it asks for the next.
 *
 * @param inside what must hold of each index; true where it always does
 */
const orZero = (
  name: string,
  first: string,
  second: string,
  lanes: Lanes,
  inside: readonly [first: string | true, second: string | true],
): string => {
  const needed = inside.filter((condition) => condition !== true).map((condition) => `(${condition})`);
  const indices = [first, second].map((index, i) =>
    inside[i] === true ? index : `select(0u, ${index}, ${inside[i]})`,
  );
  const entry = `${name}(${indices.join(", ")})`;
  const type = vector(lanes);
  const value = needed.length === 0 ? entry : `select(${type}(), ${entry}, ${needed.join(" & ")})`;
  return `fn ${name}_or_zero(${first}: u32, ${second}: u32, end: u32) -> ${type} { return ${value}; }`;
};
