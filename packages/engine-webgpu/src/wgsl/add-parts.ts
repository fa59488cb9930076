// The parts of split sums, added up in their order: the same bits every time, whichever workgroup was the first.
import type { Program } from "../backend.js";
import { bindings, constants, spread } from "./bindings.js";

const THREADS = 256;

/** Bindings: sums [count], parts [parts, count]. */
export const addParts = (parts: number, count: number): Program => {
  const [x, y] = spread(Math.ceil(count / THREADS));
  return {
    key: `add-parts ${parts} ${count}`,
    workgroups: [x, y],
    code: `${bindings({ sums: "write", parts: "read" })}
${constants({ PARTS: parts, COUNT: count })}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${x}u + group.x) * ${THREADS}u + local;
  if (i >= COUNT) { return; }
  var sum = 0.0;
  for (var part = 0u; part < PARTS; part++) { sum += parts[part * COUNT + i]; }
  sums[i] = sum;
}`,
  };
};
