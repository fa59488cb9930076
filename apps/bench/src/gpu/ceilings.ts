// The GPU's peak speeds: fused multiply-adds in registers, and copying an array.
import type { DispatchTime } from "./dispatch-times.js";

export interface Ceilings {
  /** float32 operations; a multiply-add counts as two. */
  gflops: number;
  /** Bytes read and written. */
  gigabytesPerSecond: number;
}

/** Dispatches, which take some hundred milliseconds, so that an idle GPU raises its clock. */
const TRIES = 200;
const THREADS = 256;
/** Size of a thread's outer product in vectors of four: enough independent sums to hide latency, and reused operands, as in a matrix product. */
const ROWS = 8;
const COLUMNS = 2;
const CHAINS = ROWS * COLUMNS;

const chains = (line: (i: number) => string) => Array.from({ length: CHAINS }, (_, i) => line(i)).join(" ");

const multiplyAdds = (rounds: number) => `
@group(0) @binding(0) var<storage, read_write> y: array<vec4f>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let a = array(y[0], y[1]);
  let b = array(y[2], y[3]);
  ${chains((i) => `var v${i} = a[0] + f32(id.x + ${i}u);`)}
  for (var round = 0u; round < ${rounds}u; round++) {
    ${chains((i) => `v${i} = fma(vec4f(a[${i >> 3}][${(i >> 1) & 3}]), b[${i & 1}], v${i});`)}
  }
  // Never true, but without a store the compiler would remove the computation.
  let sum = ${Array.from({ length: CHAINS }, (_, i) => `v${i}`).join(" + ")};
  if (sum.x == 0.12345) { y[id.x] = sum; }
}`;

const copy = (across: number) => `
@group(0) @binding(0) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${across}u + group.x) * ${THREADS}u + local;
  y[i] = x[i];
}`;

/** @param smoke whether to use tiny inputs: fast on a software adapter, but the figures are meaningless */
export const measureCeilings = async (
  device: GPUDevice,
  times: () => Promise<DispatchTime[]>,
  smoke: boolean,
): Promise<Ceilings> => {
  const best = async (code: string, buffers: GPUBuffer[], workgroups: [number, number]): Promise<number> => {
    const module = device.createShaderModule({ code });
    const pipeline = device.createComputePipeline({
      layout: "auto",
      compute: { module, entryPoint: "main" },
    });
    const group = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (let i = 0; i < TRIES; i++) pass.dispatchWorkgroups(...workgroups);
    pass.end();
    device.queue.submit([encoder.finish()]);
    return Math.min(...(await times()).map(({ seconds }) => seconds));
  };
  const [rounds, groups] = smoke ? [16, 4] : [2048, 4096];
  // Much larger than any cache.
  const bytes = smoke ? 1 << 20 : Math.min(1 << 30, device.limits.maxStorageBufferBindingSize);
  const buffer = () => device.createBuffer({ size: bytes, usage: GPUBufferUsage.STORAGE });
  const [x, y] = [buffer(), buffer()];
  const copiers = bytes / 16 / THREADS;
  const across = Math.min(copiers, 32_768);
  const adding = await best(multiplyAdds(rounds), [y], [groups, 1]);
  const copying = await best(copy(across), [y, x], [across, copiers / across]);
  for (const each of [x, y]) each.destroy();
  return {
    gflops: (groups * THREADS * rounds * CHAINS * 4 * 2) / 1e9 / adding,
    gigabytesPerSecond: (2 * bytes) / 1e9 / copying,
  };
};
