// A gradient with zeros where a ReLU was inactive, stored as a tensor, for products that read each entry once for each filter tap: they then
// read one tensor instead of two, and half of the bytes in mixed precision.
import type { Program } from "../program.js";
import { bindings, constants, spread } from "./bindings.js";
import { enabled, gradientScale, LARGEST, type Precision } from "./precision.js";
import { type VectorWidth, vector } from "./vector.js";

const THREADS = 256;

/** WGSL's vector type of the masked gradient. */
export const maskedType = (vectorWidth: VectorWidth, precision: Precision): string => {
  if (precision === "full") return vector(vectorWidth);
  return vectorWidth === 4 ? "vec4<f16>" : "f16";
};

/** Bindings: masked, dy, y. In mixed precision the result is multiplied by `gradientScale`. */
export const maskedGradient = (size: number, vectorWidth: VectorWidth, precision: Precision): Program => {
  const count = size / vectorWidth;
  const workgroups = spread(Math.ceil(count / THREADS));
  const [type, full] = [maskedType(vectorWidth, precision), vector(vectorWidth)];
  const largest = vectorWidth === 4 ? `vec4f(${LARGEST})` : LARGEST;
  const stored =
    precision === "mixed"
      ? `${type}(clamp(value * ${gradientScale(precision)}.0, -${largest}, ${largest}))`
      : "value";
  return {
    key: `masked gradient ${size} ${vectorWidth} ${precision}`,
    workgroups,
    code: `${enabled(precision)}${bindings({ masked: "write", dy: "read", y: "read" }, { masked: type, dy: full, y: full })}
${constants({ COUNT: count })}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${workgroups[0]}u + group.x) * ${THREADS}u + local;
  if (i >= COUNT) { return; }
  let value = select(dy[i], ${full}(), y[i] <= ${full}());
  masked[i] = ${stored};
}`,
  };
};
