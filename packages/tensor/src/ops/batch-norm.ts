// Batch normalisation with an optional addition and ReLU as one fused operation, in training and with given statistics.
import { runKernel } from "../fallbacks.js";
import type { Activation, BatchNormAttributes } from "../kernels.js";
import { masked } from "../masked.js";
import { tf } from "../tf.js";
import { expectFloats } from "./floats.js";

/** What `batchNorm` and `batchNormInference` do beside the normalisation. */
export interface BatchNormOptions {
  /** Added to the variance. Default 1e-5, as in PyTorch. */
  epsilon?: number;
  /** Applied last. Default "linear". */
  activation?: Activation;
  /** Added before the activation, such as the other branch of a residual block; x's shape. Default: nothing. */
  add?: tf.Tensor;
}

/** What `batchNorm` returns. */
export interface BatchNormResult {
  /** x's shape. */
  y: tf.Tensor;
  /** [channels] */
  mean: tf.Tensor1D;
  /** [channels], the mean of the squared differences; for n rows, n / (n - 1) times as much is the unbiased one. */
  variance: tf.Tensor1D;
}

/**
 * y = activation(scale * (x - mean) / sqrt(variance + epsilon) + offset + add), with the mean and variance of each channel over all other
 * axes of x (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167). y is differentiable with respect to x, scale, offset and
 * add; mean and variance, for running statistics, are constants.
 *
 * @param x [..., channels]
 * @param scale [channels]
 * @param offset [channels]
 * @throws Error when a tensor is not float32, the shapes do not fit each other, x has no values, or epsilon is not a number from 0 up
 */
export const batchNorm = (
  x: tf.Tensor,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  { epsilon = 1e-5, activation = "linear", add }: BatchNormOptions = {},
): BatchNormResult => {
  check("batchNorm", x, { scale, offset }, epsilon, add);
  if (x.size === 0)
    throw new Error(`batchNorm: expected at least one value for each channel, got x [${x.shape}]`);
  const [y, mean, variance] = runKernel(
    "BatchNorm",
    { x, scale, offset, ...(add && { add }) },
    { epsilon, activation, residual: add !== undefined },
  );
  return { y, mean, variance };
};

/**
 * The same y from given statistics, as after training; differentiable with respect to all tensors.
 *
 * @param x [..., channels]
 * @param scale [channels]
 * @param offset [channels]
 * @param mean [channels]
 * @param variance [channels]
 * @throws Error when a tensor is not float32, the shapes do not fit each other, or epsilon is not a number from 0 up
 */
export const batchNormInference = (
  x: tf.Tensor,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  { epsilon = 1e-5, activation = "linear", add }: BatchNormOptions = {},
): tf.Tensor => {
  check("batchNormInference", x, { scale, offset, mean, variance }, epsilon, add);
  return runKernel(
    "BatchNormInference",
    { x, mean, variance, scale, offset, ...(add && { add }) },
    { epsilon, activation, residual: add !== undefined },
  );
};

const check = (
  where: string,
  x: tf.Tensor,
  channelwise: Record<string, tf.Tensor>,
  epsilon: number,
  add: tf.Tensor | undefined,
): void => {
  expectFloats(where, { x, ...channelwise, ...(add && { add }) });
  if (x.rank === 0) throw new Error(`${where}: expected x [..., channels], got []`);
  const channels = x.shape.at(-1);
  for (const [name, { shape }] of Object.entries(channelwise)) {
    if (shape.length === 1 && shape[0] === channels) continue;
    throw new Error(`${where}: expected ${name} [${channels}], one value for each channel, got [${shape}]`);
  }
  if (add && `${add.shape}` !== `${x.shape}`)
    throw new Error(`${where}: expected add [${x.shape}], the shape of x, got [${add.shape}]`);
  if (!(epsilon >= 0 && epsilon < Number.POSITIVE_INFINITY))
    throw new Error(`${where}: expected epsilon as a number from 0 up, got ${epsilon}`);
};

tf.registerGradient({
  kernelName: "BatchNorm",
  inputsToSave: ["x", "scale", "offset"],
  outputsToSave: [true, true, true],
  gradFunc: (gradients, saved, attributes) => {
    const dy = (gradients as tf.Tensor[])[0]!;
    const [x, scale, offset, y, mean, variance] = saved as [
      tf.Tensor,
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor,
      tf.Tensor1D,
      tf.Tensor1D,
    ];
    const batchNorm = attributes as unknown as BatchNormAttributes;
    const [dx, dScale, dOffset, dz] = runKernel(
      "BatchNormGrad",
      { x, dy, y, scale, offset, mean, variance },
      batchNorm,
    );
    const dAdd = dz ?? (batchNorm.residual ? tf.clone(dy) : undefined);
    return {
      x: () => dx,
      scale: () => dScale,
      offset: () => dOffset,
      ...(dAdd && { add: () => dAdd }),
    };
  },
});

tf.registerGradient({
  kernelName: "BatchNormInference",
  inputsToSave: ["x", "mean", "variance", "scale"],
  outputsToSave: [true],
  gradFunc: (dy, saved, attributes) => {
    const [x, mean, variance, scale, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const { epsilon, activation } = attributes as unknown as BatchNormAttributes;
    const dz = masked(dy as tf.Tensor, y, { activation });
    const images = (tensor: tf.Tensor) => tf.reshape(tensor, [-1, 1, 1, scale.size]);
    const inner = tf.getGradient("FusedBatchNorm").gradFunc(images(dz), [images(x), mean, variance, scale], {
      varianceEpsilon: epsilon,
    });
    return {
      ...inner,
      x: () => tf.reshape(inner.x!(), x.shape),
      add: () => tf.clone(dz),
    };
  },
});
