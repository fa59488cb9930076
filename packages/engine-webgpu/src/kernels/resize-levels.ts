// ResizeLevels: 8-bit pixels are uploaded as bytes, four to a word, and resized on the GPU in PIL's integer arithmetic, which gives the same bits on
// every GPU. Floating-point sums could be rounded to either side of half a level.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { TrainingBackend } from "../backend.js";
import { kernel } from "../kernel.js";
import type { Program } from "../program.js";
import { BITS, type Resampling, resampling } from "../resampling.js";
import { bindings, constants, spread } from "../wgsl/bindings.js";

type Size = readonly [height: number, width: number];

const THREADS = 256;

/** The bytes, four to a word; undefined if the tensor is already on the GPU with one value in each word. */
const packed = (backend: TrainingBackend, levels: TensorInfo): TensorInfo | undefined => {
  const { resource, values } = backend.tensorMap.get(levels.dataId);
  if (resource || !values) return undefined;
  const words = new Int32Array(Math.ceil(values.length / 4));
  new Uint8Array(words.buffer).set(values as Int32Array);
  return backend.makeTensorInfo([words.length], "int32", words);
};

/**
 * One thread for each output value, which also resizes the rows of its window itself. That costs little: when an image is enlarged, these are two
 * rows of two pixels. A separate dispatch for rows would write and read the whole image in between.
 */
const program = (
  shape: readonly number[],
  [height, width]: Size,
  { columns, rows, bytes }: { columns: Resampling; rows: Resampling; bytes: boolean },
): Program => {
  const [batch, inHeight, inWidth, channels] = shape as [number, number, number, number];
  const count = batch * height * width * channels;
  const [x, y] = spread(Math.ceil(count / THREADS));
  const whole = { levels: "u32", columns: "u32", rows: "u32" };
  return {
    key: `levels ${bytes ? "bytes" : "words"} ${shape} ${height} ${width}`,
    workgroups: [x, y],
    code: `${bindings({ y: "write", levels: "read", columns: "read", rows: "read" }, whole)}
${constants({ COUNT: count, IN_HEIGHT: inHeight, IN_WIDTH: inWidth, HEIGHT: height, WIDTH: width, CHANNELS: channels })}
${constants({ COLUMN_TAPS: columns.taps, ROW_TAPS: rows.taps, BITS, HALF: 2 ** (BITS - 1) })}
fn level(i: u32) -> u32 { return ${bytes ? "extractBits(levels[i / 4u], i % 4u * 8u, 8u)" : "levels[i]"}; }
fn resized_row(row: u32, column: u32, channel: u32) -> u32 {
  let window = column * (1u + COLUMN_TAPS);
  let first = (row * IN_WIDTH + columns[window]) * CHANNELS + channel;
  var sum = HALF;
  for (var i = 0u; i < COLUMN_TAPS; i++) { sum += columns[window + 1u + i] * level(first + i * CHANNELS); }
  return sum >> BITS;
}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${x}u + group.x) * ${THREADS}u + local;
  if (i >= COUNT) { return; }
  let channel = i % CHANNELS;
  let column = i / CHANNELS % WIDTH;
  let window = i / (CHANNELS * WIDTH) % HEIGHT * (1u + ROW_TAPS);
  let first = i / (CHANNELS * WIDTH * HEIGHT) * IN_HEIGHT + rows[window];
  var sum = HALF;
  for (var j = 0u; j < ROW_TAPS; j++) { sum += rows[window + 1u + j] * resized_row(first + j, column, channel); }
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
    const [rows, columns] = [resampling(inHeight, size[0]), resampling(inWidth, size[1])];
    const bytes = packed(backend, levels);
    const tables = [columns, rows].map(({ table }) => backend.makeTensorInfo([table.length], "int32", table));
    backend.record(program(levels.shape, size, { columns, rows, bytes: bytes !== undefined }), [
      y,
      bytes ?? levels,
      ...tables,
    ]);
    for (const given of bytes ? [bytes, ...tables] : tables) backend.disposeData(given.dataId);
    return y;
  },
);
