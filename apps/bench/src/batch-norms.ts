// Batch normalisation as in ResNet-18 at 96 pixels, alone and with the residual addition, with the bytes that each direction must read and write.
import { type Kernels, stream, tf } from "@mlpconv/tensor";

/** Side and channels of the maps; with `residual`, something is added before the ReLU. */
export const BATCH_NORMS = [
  { side: 48, channels: 64, residual: false },
  { side: 24, channels: 64, residual: true },
  { side: 3, channels: 512, residual: true },
] as const;

type BatchNormDirection = "forward" | "gradient";
/** Measures the seconds of one kernel. */
type Seconds = (body: () => tf.Tensor[]) => Promise<number>;

/** Random values as the result of an addition, so that they are in the memory of computed tensors, not in that of uploads. */
const random = (name: string, shape: number[]) =>
  tf.tidy(() => tf.add(tf.tensor(stream(0, name).normal(shape.reduce((a, b) => a * b)), shape), 0));

const runKernel = <K extends "BatchNorm" | "BatchNormGrad">(
  kernel: K,
  inputs: Kernels[K]["inputs"],
  attributes: Kernels[K]["attributes"],
) => tf.engine().runKernel(kernel, inputs, attributes as unknown as tf.NamedAttrMap) as tf.Tensor[];

/** Gigabytes a second of batch normalisation with ReLU in both directions; each tensor of x's shape counts as often as it must be read or written. */
export const timeBatchNorm = async (
  { side, channels, residual }: (typeof BATCH_NORMS)[number],
  batch: number,
  seconds: Seconds,
) => {
  const shape = [batch, side, side, channels];
  const [x, dy, added] = ["x", "dy", "add"].map((name) => random(name, shape)) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const [scale, offset] = ["scale", "offset"].map((name) => random(name, [channels])) as [
    tf.Tensor1D,
    tf.Tensor1D,
  ];
  const attributes = { epsilon: 1e-5, activation: "relu", residual } as const;
  const forward = () =>
    runKernel("BatchNorm", { x, scale, offset, ...(residual && { add: added }) }, attributes);
  const [y, mean, variance] = forward() as [tf.Tensor, tf.Tensor1D, tf.Tensor1D];
  const gradient = () => runKernel("BatchNormGrad", { x, dy, y, scale, offset, mean, variance }, attributes);
  // Forward reads x for the statistics and again to write y. The gradient reads x and dy for the sums and again to write dx; behind a residual ReLU it
  // also reads y, and writes the masked dy, which it reads instead of dy.
  const passes = { forward: residual ? 4 : 3, gradient: residual ? 7 : 5 };
  const rows = [];
  for (const [direction, body] of Object.entries({ forward, gradient })) {
    const gigabytes = (passes[direction as BatchNormDirection] * x.size * 4) / 1e9;
    rows.push({
      layer: `batch norm${residual ? " + add" : ""} ${channels} @${side}`,
      direction: direction as BatchNormDirection,
      gigabytesPerSecond: gigabytes / (await seconds(body)),
    });
  }
  tf.dispose([x, dy, added, scale, offset, y, mean, variance]);
  return rows;
};
