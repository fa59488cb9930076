// ResizeLevels: grey levels cross to the GPU as bytes, four to a word, and become pixels there, in PIL's own whole numbers: the same bits on
// every GPU, where sums of floats would fall to either side of half a level.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "../backend.js";
import { kernel } from "../kernel.js";
import type { Program } from "../program.js";
import { BITS, type Resampling, resampling } from "../resampling.js";
import { bindings, constants, spread } from "../wgsl/bindings.js";

type Size = readonly [height: number, width: number];

const THREADS = 256;

/** The levels in words, four to a word; undefined when they are on the GPU already, as numbers. */
const packed = (backend: TrainingBackend, levels: TensorInfo): TensorInfo | undefined => {
  const { resource, values } = backend.tensorMap.get(levels.dataId);
  if (resource || !values) return undefined;
  const words = new Int32Array(Math.ceil(values.length / 4));
  new Uint8Array(words.buffer).set(values as Int32Array);
  return backend.makeTensorInfo([words.length], "int32", words);
};

/**
 * A thread for each new number. It resizes the rows under its window anew, which costs little: where images grow, that is two rows of two
 * pixels. A second dispatch would write and read the whole image between them.
 */
const program = (
  shape: readonly number[],
  [height, width]: Size,
  { across, down, bytes }: { across: Resampling; down: Resampling; bytes: boolean },
): Program => {
  const [batch, inHeight, inWidth, channels] = shape as [number, number, number, number];
  const count = batch * height * width * channels;
  const [x, y] = spread(Math.ceil(count / THREADS));
  const whole = { levels: "u32", across: "u32", down: "u32" };
  return {
    key: `levels ${bytes ? "bytes" : "words"} ${shape} ${height} ${width}`,
    workgroups: [x, y],
    code: `${bindings({ y: "write", levels: "read", across: "read", down: "read" }, whole)}
${constants({ COUNT: count, IN_HEIGHT: inHeight, IN_WIDTH: inWidth, HEIGHT: height, WIDTH: width, CHANNELS: channels })}
${constants({ ACROSS: across.taps, DOWN: down.taps, BITS, HALF: 2 ** (BITS - 1) })}
fn level(i: u32) -> u32 { return ${bytes ? "extractBits(levels[i / 4u], i % 4u * 8u, 8u)" : "levels[i]"}; }
fn wide(line: u32, column: u32, channel: u32) -> u32 {
  let window = column * (1u + ACROSS);
  let first = (line * IN_WIDTH + across[window]) * CHANNELS + channel;
  var sum = HALF;
  for (var i = 0u; i < ACROSS; i++) { sum += across[window + 1u + i] * level(first + i * CHANNELS); }
  return sum >> BITS;
}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${x}u + group.x) * ${THREADS}u + local;
  if (i >= COUNT) { return; }
  let channel = i % CHANNELS;
  let column = i / CHANNELS % WIDTH;
  let window = i / (CHANNELS * WIDTH) % HEIGHT * (1u + DOWN);
  let first = i / (CHANNELS * WIDTH * HEIGHT) * IN_HEIGHT + down[window];
  var sum = HALF;
  for (var j = 0u; j < DOWN; j++) { sum += down[window + 1u + j] * wide(first + j, column, channel); }
  y[i] = f32(sum >> BITS) / 255.0;
}`,
  };
};

export const resizeLevels = kernel<Record<"levels", TensorInfo>, { size: Size }>(
  "ResizeLevels",
  ({ levels }, { size }, backend) => {
    const [batch, inHeight, inWidth, channels] = levels.shape as [number, number, number, number];
    const y = backend.makeTensorInfo([batch, ...size, channels], "float32");
    if (util.sizeFromShape(levels.shape) === 0) return y;
    const [down, across] = [resampling(inHeight, size[0]), resampling(inWidth, size[1])];
    const bytes = packed(backend, levels);
    const tables = [across, down].map(({ table }) => backend.makeTensorInfo([table.length], "int32", table));
    backend.record(program(levels.shape, size, { across, down, bytes: bytes !== undefined }), [
      y,
      bytes ?? levels,
      ...tables,
    ]);
    for (const given of bytes ? [bytes, ...tables] : tables) backend.disposeData(given.dataId);
    return y;
  },
);
