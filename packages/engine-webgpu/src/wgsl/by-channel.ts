// Sums over all rows of each channel: each thread sums some rows of some channels, a workgroup joins its threads in order, and a second
// program joins the workgroups in order. So the result does not depend on which of them finishes first.

import type { Program } from "../program.js";
import type { Access } from "./bindings.js";
import { bindings, constants } from "./bindings.js";
import { type VectorWidth, vector, vectorWidthOf } from "./vector.js";

const THREADS = 256;
/** Rows that a thread sums, and threads that join the parts of a channel. */
const [ROWS, JOINING] = [32, 64];
const MOST_PARTS = 1024;

/** How rows and channels are divided among threads. A vector is one channel, or four that are read at once. */
export interface ChannelGrid {
  rows: number;
  channels: number;
  width: VectorWidth;
  vectors: number;
  /** Vectors of a workgroup, and the threads for each of them. */
  columns: number;
  lanes: number;
  /** Rows of a workgroup, and workgroups for all rows. */
  partRows: number;
  parts: number;
}

export const channelGrid = (size: number, channels: number): ChannelGrid => {
  const rows = size / channels;
  const width = vectorWidthOf(channels);
  const vectors = channels / width;
  const columns = Math.min(32, 2 ** Math.ceil(Math.log2(vectors)));
  const lanes = THREADS / columns;
  const partRows = Math.max(lanes * ROWS, Math.ceil(rows / MOST_PARTS));
  return { rows, channels, width, vectors, columns, lanes, partRows, parts: Math.ceil(rows / partRows) };
};

/** Number of values of the sums of all parts. */
export const partialSize = ({ parts, channels }: ChannelGrid): number => 2 * parts * channels;

interface Summed {
  /** Unique for the statements. */
  name: string;
  /** Names of the tensors in the order of their bindings. */
  tensors: Record<string, Access>;
  /** `fn join(a: Pair, b: Pair) -> Pair`, where a Pair has the vectors `first` and `second` and the number `rows`. */
  join: string;
}

const header = (grid: ChannelGrid, { tensors, join }: Summed, threads: number) => {
  const types = Object.fromEntries(Object.keys(tensors).map((name) => [name, "Values"]));
  return `alias Values = ${vector(grid.width)};
${bindings(tensors, types)}
${constants({ ROWS: grid.rows, VECTORS: grid.vectors, PARTS: grid.parts, PART_ROWS: grid.partRows })}
${constants({ COLUMNS: grid.columns, LANES: grid.lanes })}
struct Pair { first: Values, second: Values, rows: f32 }
var<workgroup> pairs: array<Pair, ${threads}>;
${join}`;
};

/**
 * Sums of each part, to `partial`, which must be among the tensors: [2, parts, channels].
 *
 * @param begin statements before the rows, with `v`, the thread's vector, and `begin` and `end`, its first row and the end of the rows
 * @param each statements for the vector at `i`
 * @param result the thread's Pair, as an expression
 */
export const partSums = (
  grid: ChannelGrid,
  summed: Summed & { declarations?: string; begin: string; each: string; result: string },
): Program => ({
  key: `${summed.name} ${grid.rows} ${grid.channels}`,
  workgroups: [Math.ceil(grid.vectors / grid.columns), grid.parts],
  code: `${header(grid, summed, THREADS)}
${summed.declarations ?? ""}
fn sums(v: u32, begin: u32, end: u32) -> Pair {
  ${summed.begin}
  for (var row = begin; row < end; row += LANES) {
    let i = row * VECTORS + v;
    ${summed.each}
  }
  return ${summed.result};
}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let v = group.x * COLUMNS + local % COLUMNS;
  let lane = local / COLUMNS;
  let begin = group.y * PART_ROWS;
  var pair = Pair();
  if (v < VECTORS) { pair = sums(v, begin + lane, min(begin + PART_ROWS, ROWS)); }
  pairs[local] = pair;
  workgroupBarrier();
  if (lane != 0u || v >= VECTORS) { return; }
  for (var other = 1u; other < LANES; other++) { pair = join(pair, pairs[other * COLUMNS + local]); }
  partial[group.y * VECTORS + v] = pair.first;
  partial[(PARTS + group.y) * VECTORS + v] = pair.second;
}`,
});

/**
 * Joins the parts.
 *
 * @param finish statements for vector `v` with `pair`, over all rows
 */
export const joinedParts = (
  grid: ChannelGrid,
  summed: Summed & { declarations?: string; finish: string },
): Program => ({
  key: `${summed.name} ${grid.rows} ${grid.channels}`,
  workgroups: [grid.vectors],
  code: `${header(grid, summed, JOINING)}
${summed.declarations ?? ""}
@compute @workgroup_size(${JOINING})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let v = group.x;
  var pair = Pair();
  for (var part = local; part < PARTS; part += ${JOINING}u) {
    let rows = min(PART_ROWS, ROWS - part * PART_ROWS);
    pair = join(pair, Pair(partial[part * VECTORS + v], partial[(PARTS + part) * VECTORS + v], f32(rows)));
  }
  pairs[local] = pair;
  workgroupBarrier();
  if (local != 0u) { return; }
  for (var other = 1u; other < min(${JOINING}u, PARTS); other++) { pair = join(pair, pairs[other]); }
  ${summed.finish}
}`,
});
