// The parts of split sums, added up in their order: the same bits every time, whichever workgroup was the first.
import type { Program } from "../program.js";
import { bindings, constants, spread } from "./bindings.js";

const THREADS = 256;

/** Bindings: sums of each of the `counts`, and parts [parts, all of them behind one another]. */
export const addParts = (parts: number, counts: readonly number[]): Program => {
  const count = counts.reduce((sum, each) => sum + each, 0);
  const [x, y] = spread(Math.ceil(count / THREADS));
  const sums = counts.map((_, i) => [`sums${i}`, "write"] as const);
  let end = 0;
  const store = counts.map((each, i) => {
    const from = end;
    end += each;
    return `if (i < ${end}u) { sums${i}[i - ${from}u] = sum; return; }`;
  });
  return {
    key: `add-parts ${parts} ${counts}`,
    workgroups: [x, y],
    code: `${bindings({ ...Object.fromEntries(sums), parts: "read" })}
${constants({ PARTS: parts, COUNT: count })}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${x}u + group.x) * ${THREADS}u + local;
  if (i >= COUNT) { return; }
  var sum = 0.0;
  for (var part = 0u; part < PARTS; part++) { sum += parts[part * COUNT + i]; }
  ${store.join("\n  ")}
}`,
  };
};
