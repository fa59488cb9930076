// Fallbacks for engines without kernels for batch normalisation: the same results by tfjs's kernels, on [rows, channels].
import type { BatchNormAttributes, Kernels } from "./kernels.js";
import { masked } from "./masked.js";
import { tf } from "./tf.js";

type Names = "BatchNorm" | "BatchNormGrad" | "BatchNormInference";
type Compose<K extends Names> = (
  inputs: Kernels[K]["inputs"],
  attributes: Kernels[K]["attributes"],
) => Kernels[K]["output"];

const asRows = (x: tf.Tensor): tf.Tensor2D => {
  const channels = x.shape.at(-1)!;
  return tf.reshape(x, [x.size / channels, channels]);
};

/** activation(centred * scale / sqrt(variance + epsilon) + offset + add), where centred = x - mean */
const normalised = (
  centred: tf.Tensor2D,
  { variance, scale, offset, add }: Record<"variance" | "scale" | "offset", tf.Tensor> & { add?: tf.Tensor },
  { epsilon, activation }: BatchNormAttributes,
): tf.Tensor => {
  const factor = tf.div(scale, tf.sqrt(tf.add(variance, epsilon)));
  const linear = tf.add(tf.mul(centred, factor), offset);
  const sum = add ? tf.add(linear, asRows(add)) : linear;
  return activation === "relu" ? tf.relu(sum) : sum;
};

/** The mean of each column. The mean of what is left after subtracting it corrects the rounding of a sum of many values. */
const means = (x: tf.Tensor2D): tf.Tensor1D => {
  const mean = tf.mean<tf.Tensor1D>(x, 0);
  const rest = tf.mean<tf.Tensor1D>(tf.sub(x, mean), 0);
  // The rest of an infinite mean is NaN.
  return tf.where(tf.isFinite(rest), tf.add(mean, rest), mean);
};

export const batchNormFallbacks: { [K in Names]: Compose<K> } = {
  BatchNorm: ({ x, ...rest }, attributes) => {
    const rows = asRows(x);
    const mean = means(rows);
    const centred = tf.sub<tf.Tensor2D>(rows, mean);
    // The squares of differences, because the mean of squares less the square of the mean cancels where the mean is large.
    const variance = tf.mean<tf.Tensor1D>(tf.square(centred), 0);
    const y = normalised(centred, { variance, ...rest }, attributes);
    return [tf.reshape(y, x.shape), mean, variance];
  },
  BatchNormGrad: ({ x, dy, y, scale, mean, variance }, attributes) => {
    const dz = asRows(masked(dy, y, attributes));
    const inverse = tf.rsqrt(tf.add(variance, attributes.epsilon));
    const normal = tf.mul(tf.sub(asRows(x), mean), inverse);
    const dOffset = tf.sum<tf.Tensor1D>(dz, 0);
    const dScale = tf.sum<tf.Tensor1D>(tf.mul(dz, normal), 0);
    const rows = dz.shape[0];
    const toMean = tf.add(tf.div(dOffset, rows), tf.mul(normal, tf.div(dScale, rows)));
    const dx = tf.reshape(tf.mul(tf.sub(dz, toMean), tf.mul(scale, inverse)), x.shape);
    const toAdded = attributes.residual && attributes.activation === "relu";
    return toAdded ? [dx, dScale, dOffset, tf.reshape(dz, x.shape)] : [dx, dScale, dOffset];
  },
  BatchNormInference: ({ x, mean, ...rest }, attributes) =>
    tf.reshape(normalised(tf.sub(asRows(x), mean), rest, attributes), x.shape),
};
