// An optimiser's step: for each weight a few lines over what is written in place, the gradient `g` and the step's numbers.
import type { Program } from "../backend.js";
import { type Access, bindings, constants, spread } from "./bindings.js";

const THREADS = 256;

interface Update {
  name: string;
  /** Tensors that the body reads and writes at `i`, in the order of their bindings; the gradient is bound behind them. */
  written: readonly string[];
  /** The uniforms by name, which change from step to step. */
  numbers: readonly string[];
  /** How many weights. */
  count: number;
  body: string;
}

export const update = ({ name, written, numbers, count, body }: Update): Program => {
  const [x, y] = spread(Math.ceil(count / THREADS));
  const tensors = Object.fromEntries(written.map((tensor) => [tensor, "write" as Access]));
  return {
    key: `${name} ${count}`,
    workgroups: [x, y],
    code: `${bindings({ ...tensors, gradient: "read" })}
struct Step { ${numbers.map((number) => `${number}: f32`).join(", ")} }
@group(0) @binding(${written.length + 1}) var<uniform> step_: Step;
${constants({ COUNT: count })}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${x}u + group.x) * ${THREADS}u + local;
  if (i >= COUNT) { return; }
  ${numbers.map((number) => `let ${number} = step_.${number};`).join(" ")}
  let g = gradient[i];
  ${body}
}`,
  };
};
