// Relu6 that keeps NaN; tfjs's own kernel turns NaN into a number.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { kernelFor } from "../kernel.js";
import { bindings, constants, spread } from "../wgsl/bindings.js";

const THREADS = 256;

export const relu6 = kernelFor<{ x: TensorInfo }, undefined>(
  "Relu6",
  ({ x }) => x.dtype === "float32" && util.sizeFromShape(x.shape) > 0,
  ({ x }, _, backend) => {
    const y = backend.makeTensorInfo(x.shape, "float32");
    const count = util.sizeFromShape(x.shape);
    const workgroups = spread(Math.ceil(count / THREADS));
    // NaN is compared as bits, because WGSL implementations may assume that no float is NaN.
    const code = `${bindings({ y: "write", x: "read" })}
${constants({ COUNT: count })}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${workgroups[0]}u + group.x) * ${THREADS}u + local;
  if (i >= COUNT) { return; }
  let value = x[i];
  y[i] = select(clamp(value, 0.0, 6.0), value, (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u);
}`;
    backend.record({ key: `relu6 ${count}`, code, workgroups }, [y, x]);
    return y;
  },
);
