// NiN's convolutions at 224 pixels in each direction, with the operations and bytes of each.
import { type KernelName, type Kernels, stream, tf } from "@mlpconv/tensor";

/** Side of the input, input and output channels, window, stride, padding. */
export const SHAPES = [
  { input: 224, from: 1, to: 96, window: 11, stride: 4, pad: 0 },
  { input: 54, from: 96, to: 96, window: 1, stride: 1, pad: 0 },
  { input: 26, from: 96, to: 256, window: 5, stride: 1, pad: 2 },
  { input: 26, from: 256, to: 256, window: 1, stride: 1, pad: 0 },
  { input: 12, from: 256, to: 384, window: 3, stride: 1, pad: 1 },
  { input: 12, from: 384, to: 384, window: 1, stride: 1, pad: 0 },
  { input: 5, from: 384, to: 10, window: 3, stride: 1, pad: 1 },
  { input: 5, from: 10, to: 10, window: 1, stride: 1, pad: 0 },
] as const;
type Shape = (typeof SHAPES)[number];

/** Random values as the result of an addition, so that they are in the memory of computed tensors, not in that of uploads. */
const random = (shape: number[]) =>
  tf.tidy(() => tf.add(tf.tensor(stream(0, String(shape)).normal(shape.reduce((a, b) => a * b)), shape), 0));

const runKernel = <K extends KernelName>(
  kernel: K,
  inputs: Kernels[K]["inputs"],
  attributes: Kernels[K]["attributes"],
) =>
  tf.engine().runKernel(kernel, inputs, attributes as unknown as tf.NamedAttrMap) as tf.Tensor | tf.Tensor[];

/** Measures each direction of one convolution with `timed`. */
export const timeConvolution = async <F extends object>(
  { input, from, to, window, stride, pad }: Shape,
  batch: number,
  timed: Timed<F>,
  directions: readonly Direction[] = ["forward", "gradInput", "gradFilter"],
) => {
  const side = Math.floor((input + 2 * pad - window) / stride) + 1;
  const x = random([batch, input, input, from]) as tf.Tensor4D;
  const filter = random([window, window, from, to]) as tf.Tensor4D;
  const bias = random([to]) as tf.Tensor1D;
  const y = tf.relu(random([batch, side, side, to])) as tf.Tensor4D;
  const dy = random([batch, side, side, to]) as tf.Tensor4D;
  const conv = { strides: [stride, stride] as [number, number], pad, activation: "relu" as const };
  const gflop = (2 * batch * side * side * to * window * window * from) / 1e9;
  const geometry = [batch, input, input, from, side, side, to, window, window, stride, stride, pad, pad];
  const gigabytes = (...tensors: tf.Tensor[]) => tensors.reduce((sum, { size }) => sum + size * 4, 0) / 1e9;
  const measure: Record<Direction, () => Promise<F>> = {
    forward: () =>
      timed("forward", geometry, gflop, gigabytes(x, filter, y), () =>
        runKernel("ConvBiasRelu", { x, filter, bias }, conv),
      ),
    gradInput: () =>
      timed("gradInput", geometry, gflop, gigabytes(dy, y, filter, x), () =>
        runKernel("ConvBiasReluGradInput", { dy, y, filter }, { ...conv, inputShape: x.shape }),
      ),
    gradFilter: () =>
      timed("gradFilter", geometry, gflop, gigabytes(x, dy, y, filter), () =>
        runKernel("ConvBiasReluGradFilter", { x, dy, y }, { ...conv, filterShape: filter.shape }),
      ),
  };
  const rows = [];
  for (const direction of directions) rows.push(await measure[direction]());
  tf.dispose([x, filter, bias, y, dy]);
  const layer = `${window}x${window}/${stride} ${from}->${to} @${input}`;
  return rows.map((row) => ({ layer, ...row }));
};

export type Direction = "forward" | "gradInput" | "gradFilter";
/** Measures one kernel, given its operations and the bytes that it must read and write at least once. */
export type Timed<F extends object> = (
  direction: Direction,
  geometry: number[],
  gflop: number,
  gigabytes: number,
  body: () => tf.Tensor | tf.Tensor[],
) => Promise<F>;
