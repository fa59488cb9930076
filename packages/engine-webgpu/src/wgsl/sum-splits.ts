// Adds the partial sums of split-K in order, so that the result does not depend on which workgroup finishes first.
import type { Program } from "../program.js";
import { bindings, constants, spread } from "./bindings.js";

const THREADS = 256;

/**
 * Bindings: an output for each of `counts`, the partial sums [splitK, all outputs concatenated], and the bias if there is one.
 *
 * @param epilogue the value to store, as an expression of `sum` and `column_bias`, of type `Sums`
 * @param columns the size of the bias
 */
export const sumSplits = (
  splitK: number,
  counts: readonly number[],
  epilogue: { wgsl: string; key: string },
  columns: number | undefined,
): Program => {
  const count = counts.reduce((sum, each) => sum + each, 0);
  const [x, y] = spread(Math.ceil(count / THREADS));
  const sums = counts.map((_, i) => [`sums${i}`, "write"] as const);
  let end = 0;
  const store = counts.map((each, i) => {
    const from = end;
    end += each;
    return `if (i < ${end}u) { sums${i}[i - ${from}u] = ${epilogue.wgsl}; return; }`;
  });
  return {
    key: `sum-splits ${splitK} ${counts} ${columns ?? ""} ${epilogue.key}`,
    workgroups: [x, y],
    code: `${bindings({ ...Object.fromEntries(sums), partial: "read", ...(columns && { bias: "read" as const }) })}
alias Sums = f32;
${constants({ SPLIT_K: splitK, COUNT: count })}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${x}u + group.x) * ${THREADS}u + local;
  if (i >= COUNT) { return; }
  var sum = 0.0;
  for (var split = 0u; split < SPLIT_K; split++) { sum += partial[split * COUNT + i]; }
  ${columns ? `let column_bias = bias[i % ${columns}u];` : ""}
  ${store.join("\n  ")}
}`,
  };
};
