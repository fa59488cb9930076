// Dropout: the mask is a pure function of (key, block, index), computed where it is used. Applied to dy, the kernel gives the gradient.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { kernel } from "../kernel.js";
import { uniforms } from "../uniforms.js";
import { bindings, constants, spread } from "../wgsl/bindings.js";
import { threefry } from "../wgsl/threefry.js";

interface Attributes {
  rate: number;
  key: readonly [number, number];
  block: number;
  offset: number;
}

const THREADS = 64;

/** Each thread draws the two words of a counter, for two values; with an odd offset, the first thread draws for one value. */
const shader = (count: number, across: number) => `${bindings({ y: "write", x: "read" })}
struct Draw { key: vec2u, block: u32, below: u32, kept: f32, counter: u32, odd: u32 }
@group(0) @binding(2) var<uniform> draw: Draw;
${constants({ COUNT: count })}
${threefry}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${across}u + group.x) * ${THREADS}u + local;
  let words = threefry(draw.key, vec2u(draw.counter + i, draw.block));
  let even = 2u * i - draw.odd;
  let odd = even + 1u;
  // If even is before the first value, it has wrapped to the largest u32, so this is skipped.
  if (even < COUNT) { y[even] = x[even] * select(draw.kept, 0.0, words.x < draw.below); }
  if (odd < COUNT) { y[odd] = x[odd] * select(draw.kept, 0.0, words.y < draw.below); }
}`;

/** The shader's Draw struct. */
const draw = ({ rate, key, block, offset }: Attributes) => {
  // Words are integers: word < threshold equals word < the next integer, which would exceed 32 bits for rate 1 - 2^-33.
  const below = Math.min(Math.ceil(rate * 2 ** 32), 2 ** 32 - 1);
  const numbers = Uint32Array.of(...key, block, below, 0, Math.floor(offset / 2), offset % 2);
  new Float32Array(numbers.buffer)[4] = 1 / (1 - rate);
  return numbers;
};

export const dropout = kernel<Record<"x", TensorInfo>, Attributes>(
  "Dropout",
  ({ x }, attributes, backend) => {
    const y = backend.makeTensorInfo(x.shape, "float32");
    const count = util.sizeFromShape(x.shape);
    if (count === 0) return y;
    // One thread more than there are pairs, because an odd offset shifts the pairs.
    const workgroups = spread(Math.ceil((count + 1) / 2 / THREADS));
    const program = { key: `dropout ${count}`, code: shader(count, workgroups[0]), workgroups };
    backend.record(program, [y, x], uniforms("Dropout", attributes, draw));
    return y;
  },
);
