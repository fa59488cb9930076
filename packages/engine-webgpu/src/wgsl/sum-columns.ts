// A bias's gradient: the sum over all pixels of each channel, in parts that are added up afterwards.
import type { Program } from "../backend.js";
import { bindings, constants } from "./bindings.js";
import { gradient } from "./convolution.js";

const THREADS = 64;
/** Rows that one thread adds up, unless that makes too many parts. */
const rowsInPart = 64;
const mostParts = 256;

/** Bindings: parts [parts, columns], dy [rows, columns], and y if it is masked. */
export const sumColumns = (
  rows: number,
  columns: number,
  masked: boolean,
): { program: Program; parts: number } => {
  const parts = Math.min(mostParts, Math.ceil(rows / rowsInPart));
  return {
    parts,
    program: {
      key: `${masked ? "masked " : ""}sum-columns ${rows} ${columns}`,
      workgroups: [Math.ceil(columns / THREADS), parts],
      code: `${bindings({ parts: "write", dy: "read", ...(masked && { y: "read" as const }) })}
${constants({ ROWS: rows, COLUMNS: columns, IN_PART: Math.ceil(rows / parts), OUT_LANES: 1 })}
alias Outs = f32;
${gradient(masked)}
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= COLUMNS) { return; }
  var sum = 0.0;
  let end = min(ROWS, (id.y + 1u) * IN_PART);
  for (var row = id.y * IN_PART; row < end; row++) { sum += gradient(row * COLUMNS + id.x); }
  parts[id.y * COLUMNS + id.x] = sum;
}`,
    },
  };
};
