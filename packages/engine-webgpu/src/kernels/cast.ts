// Cast from integers to float32 by computing values. tfjs's own kernel returns the same buffer with another type, which only some of tfjs's
// shaders, and none of ours, take into account.
import { type DataType, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { kernelFor } from "../kernel.js";
import { bindings, constants, spread } from "../wgsl/bindings.js";

const THREADS = 256;

export const cast = kernelFor<{ x: TensorInfo }, { dtype: DataType }>(
  "Cast",
  ({ x }, { dtype }) => dtype === "float32" && (x.dtype === "int32" || x.dtype === "bool"),
  ({ x }, _, backend) => {
    const y = backend.makeTensorInfo(x.shape, "float32");
    const count = util.sizeFromShape(x.shape);
    if (count === 0) return y;
    const workgroups = spread(Math.ceil(count / THREADS));
    const code = `${bindings({ y: "write", x: "read" }, { x: "i32" })}
${constants({ COUNT: count })}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${workgroups[0]}u + group.x) * ${THREADS}u + local;
  if (i < COUNT) { y[i] = f32(x[i]); }
}`;
    backend.record({ key: `cast ${count}`, code, workgroups }, [y, x]);
    return y;
  },
);
