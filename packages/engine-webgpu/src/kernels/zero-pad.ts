// ZeroPad: an image within a frame of zeros.
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { kernel } from "../kernel.js";
import { bindings, constants, spread } from "../wgsl/bindings.js";

interface Attributes {
  padding: readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]];
}

const THREADS = 256;

/** One thread for each value of the result. */
const shader = (sizes: Record<string, number>, across: number) => `${bindings({ y: "write", x: "read" })}
${constants(sizes)}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.y * ${across}u + group.x) * ${THREADS}u + local;
  if (i >= COUNT) { return; }
  let channel = i % CHANNELS;
  // Left of and above the image, the difference wraps to a number beyond it.
  let column = i / CHANNELS % OUT_WIDTH - LEFT;
  let row = i / (CHANNELS * OUT_WIDTH) % OUT_HEIGHT - TOP;
  let image = i / (CHANNELS * OUT_WIDTH * OUT_HEIGHT);
  if (row < HEIGHT && column < WIDTH) {
    y[i] = x[((image * HEIGHT + row) * WIDTH + column) * CHANNELS + channel];
  } else {
    y[i] = 0.0;
  }
}`;

export const zeroPad = kernel<{ x: TensorInfo }, Attributes>("ZeroPad", ({ x }, { padding }, backend) => {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [[top, bottom], [left, right]] = padding;
  const shape = [batch, top + height + bottom, left + width + right, channels] as const;
  const y = backend.makeTensorInfo([...shape], "float32");
  const count = util.sizeFromShape(y.shape);
  if (count === 0) return y;
  const sizes = {
    COUNT: count,
    HEIGHT: height,
    WIDTH: width,
    OUT_HEIGHT: shape[1],
    OUT_WIDTH: shape[2],
    CHANNELS: channels,
    TOP: top,
    LEFT: left,
  };
  const workgroups = spread(Math.ceil(count / THREADS));
  const key = `zero pad ${Object.values(sizes)}`;
  backend.record({ key, code: shader(sizes, workgroups[0]), workgroups }, [y, x]);
  return y;
});
