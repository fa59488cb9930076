// An optimiser's step: a few statements for each weight, which read and write the tensors in place and use the gradient `g` and the step's numbers.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "../backend.js";
import type { Uniforms } from "../uniforms.js";
import { type Access, bindings, constants, spread } from "./bindings.js";

const THREADS = 256;

interface Update {
  name: string;
  /** Tensors that the body reads and writes at `i`, in binding order. */
  written: Record<string, TensorInfo>;
  gradient: TensorInfo;
  /** Names of the uniforms; their values change from step to step. */
  numbers: readonly string[];
  values: Uniforms;
  body: string;
}

/** Records an update. It changes nothing if the backend has found a loss that is not finite. */
export const update = (
  backend: TrainingBackend,
  { name, written, gradient, numbers, values, body }: Update,
): void => {
  const { foundInf } = backend;
  const tensors = { ...written, gradient, ...(foundInf && { foundInf }) };
  const names = Object.keys(tensors);
  const access = Object.fromEntries(
    names.map((tensor) => [tensor, tensor in written ? "write" : "read"] as [string, Access]),
  );
  const count = util.sizeFromShape(gradient.shape);
  const [x, y] = spread(Math.ceil(count / THREADS));
  const program = {
    key: `${foundInf ? "skippable " : ""}${name} ${count}`,
    workgroups: [x, y] as const,
    code: `${bindings(access, { foundInf: "i32" })}
struct Step { ${numbers.map((number) => `${number}: f32`).join(", ")} }
@group(0) @binding(${names.length}) var<uniform> step_: Step;
${constants({ COUNT: count })}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${x}u + group.x) * ${THREADS}u + local;
  if (i >= COUNT${foundInf ? " || foundInf[0] != 0" : ""}) { return; }
  ${numbers.map((number) => `let ${number} = step_.${number};`).join(" ")}
  let g = gradient[i];
  ${body}
}`,
  };
  backend.record(program, Object.values(tensors), values);
};
