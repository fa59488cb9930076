// 32-bit floats rounded to 16 bits, for products that read each number once for each filter tap: in mixed precision they are limited by reading.
import type { Program } from "../program.js";
import { bindings, constants, spread } from "./bindings.js";
import { enabled, LARGEST } from "./precision.js";
import { type VectorWidth, vector } from "./vector.js";

const THREADS = 256;

/** WGSL's type of a vector of 16-bit floats. */
export const halfVector = (width: VectorWidth): string => (width === 4 ? "vec4<f16>" : "f16");

/** Bindings: halves, values. Values beyond the largest 16-bit float are clamped. */
export const toHalf = (size: number, vectorWidth: VectorWidth): Program => {
  const count = size / vectorWidth;
  const [x, y] = spread(Math.ceil(count / THREADS));
  const [half, full] = [halfVector(vectorWidth), vector(vectorWidth)];
  const largest = vectorWidth === 4 ? `vec4f(${LARGEST})` : LARGEST;
  return {
    key: `to-half ${size} ${vectorWidth}`,
    workgroups: [x, y],
    code: `${enabled("mixed")}${bindings({ halves: "write", values: "read" }, { halves: half, values: full })}
${constants({ COUNT: count })}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${x}u + group.x) * ${THREADS}u + local;
  if (i >= COUNT) { return; }
  halves[i] = ${half}(clamp(values[i], -${largest}, ${largest}));
}`,
  };
};
