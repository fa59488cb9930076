// Fallbacks for engines that lack one of our kernels: the same result computed by tfjs's kernels.
import { batchNormFallbacks } from "./batch-norm-fallbacks.js";
import { correctCpuKernels } from "./cpu-pooling.js";
import type { ConvAttributes, KernelName, Kernels } from "./kernels.js";
import { masked } from "./masked.js";
import { checkLabels } from "./ops/labels.js";
import { resampled, resampling } from "./ops/resize.js";
import { threefryWords } from "./random/threefry.js";
import { tf } from "./tf.js";
import { explicitPad } from "./windows.js";

correctCpuKernels();

type Compose<K extends KernelName> = (
  inputs: Kernels[K]["inputs"],
  attributes: Kernels[K]["attributes"],
) => Kernels[K]["output"];

/** Runs a tfjs kernel by name. tf.fused.conv2d is not used, because inside a gradient tape it splits into separate operations. */
const run = <T>(kernel: string, inputs: object, attributes: object): T =>
  tf.engine().runKernel(kernel, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap) as T;

const convolution = ({ strides, pad }: ConvAttributes) => ({
  strides,
  pad: explicitPad(pad),
  dataFormat: "NHWC",
  dilations: [1, 1],
});

/**
 * Resamples lines of 8-bit levels to another length as PIL does: integer levels, weights with 22 fractional bits, rounding half up. The sums need
 * 30 bits but float32 has 24, so the weights are split into two parts of 11 bits; the sums of each part are exact for windows of up to 32 pixels.
 */
const resampledLevels = (lines: tf.Tensor2D, from: number, to: number): tf.Tensor2D => {
  const HALF_BITS = 2 ** 11;
  const weights = resampling(from, to).map((weight) => Math.floor(weight * HALF_BITS ** 2 + 0.5));
  const sums = (part: Float64Array) => tf.matMul(lines, tf.tensor2d(Float32Array.from(part), [from, to]));
  const high = sums(weights.map((weight) => Math.floor(weight / HALF_BITS)));
  const carried = tf.floor(tf.div(sums(weights.map((weight) => weight % HALF_BITS)), HALF_BITS));
  return tf.floor(tf.div(tf.add(tf.add(high, carried), HALF_BITS / 2), HALF_BITS));
};

const compositions: { [K in KernelName]: Compose<K> } = {
  ConvBiasRelu: ({ x, filter, bias }, attributes) =>
    run(
      "FusedConv2D",
      { x, filter, bias },
      { ...convolution(attributes), activation: attributes.activation },
    ),
  ConvBiasReluGradInput: ({ dy, y, filter }, attributes) =>
    run(
      "Conv2DBackpropInput",
      { dy: masked(dy, y, attributes), filter },
      { ...convolution(attributes), inputShape: attributes.inputShape },
    ),
  ConvBiasReluGradFilter: ({ x, dy, y }, attributes) => {
    const dz = masked(dy, y, attributes);
    const dFilter: tf.Tensor4D = run(
      "Conv2DBackpropFilter",
      { x, dy: dz },
      { ...convolution(attributes), filterShape: attributes.filterShape },
    );
    return [dFilter, tf.sum(dz, [0, 1, 2])];
  },
  ...batchNormFallbacks,
  ZeroPad: ({ x }, { padding: [rows, columns] }) =>
    run("PadV2", { x }, { paddings: [[0, 0], rows, columns, [0, 0]], constantValue: 0 }),
  SoftmaxCrossEntropy: ({ logits, labels }) => {
    const [batch, classes] = logits.shape;
    checkLabels(labels.dataSync(), classes);
    // The maximum is subtracted so that no exponential overflows; the loss is log(sum(exp(z))) - z[label].
    const shifted = tf.sub(logits, tf.max(logits, 1, true));
    const exponentials = tf.exp(shifted);
    const sums = tf.sum(exponentials, 1, true);
    // Selected rather than multiplied by a mask, because the logit of an impossible class is -Infinity. tf.oneHot needs two classes.
    const isTarget = tf.equal(tf.expandDims(labels, 1), tf.range(0, classes, 1, "int32"));
    const targetLogits = tf.sum(tf.where(isTarget, shifted, tf.zerosLike(shifted)), 1);
    const loss: tf.Scalar = tf.mean(tf.sub(tf.squeeze(tf.log(sums), [1]), targetLogits));
    const target = tf.cast(isTarget, "float32");
    const dLogits: tf.Tensor2D = tf.div(tf.sub(tf.div(exponentials, sums), target), batch);
    return [loss, dLogits];
  },
  Dropout: ({ x }, { rate, key, block, offset }) => {
    const mask = new Float32Array(x.size);
    const bits = threefryWords(key, x.size, block, offset);
    const threshold = rate * 2 ** 32;
    const kept = 1 / (1 - rate);
    for (let i = 0; i < mask.length; i++) mask[i] = bits[i]! < threshold ? 0 : kept;
    return tf.mul(x, tf.tensor(mask, x.shape));
  },
  SgdStep: ({ weights, gradient, velocity }, { learningRate, momentum, nesterov, weightDecay }) => {
    const newVelocity = velocity && tf.add(tf.mul(velocity, momentum), gradient);
    const ahead = newVelocity && nesterov ? tf.add(gradient, tf.mul(newVelocity, momentum)) : newVelocity;
    const kept = weightDecay > 0 ? tf.mul(weights, 1 - learningRate * weightDecay) : weights;
    const newWeights = tf.sub(kept, tf.mul(ahead ?? gradient, learningRate));
    return newVelocity ? [newWeights, newVelocity] : [newWeights];
  },
  AdamStep: (
    { weights, gradient, mean, square },
    { learningRate, beta1, beta2, epsilon, weightDecay, step },
  ) => {
    const newMean = tf.add(tf.mul(mean, beta1), tf.mul(gradient, 1 - beta1));
    const newSquare = tf.add(tf.mul(square, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const root = tf.mul(tf.sqrt(newSquare), 1 / Math.sqrt(1 - beta2 ** step));
    const direction = tf.div(newMean, tf.add(root, epsilon));
    const kept = weightDecay > 0 ? tf.mul(weights, 1 - learningRate * weightDecay) : weights;
    return [tf.sub(kept, tf.mul(direction, learningRate / (1 - beta1 ** step))), newMean, newSquare];
  },
  MoveTowards: ({ variable, value }, { share, scale }) =>
    tf.add(tf.mul(variable, 1 - share), tf.mul(value, share * scale)),
  ResizeLevels: ({ levels }, { size }) =>
    tf.div(resampled(tf.cast(levels, "float32"), size, resampledLevels), 255),
};

/** Runs one of our kernels on the current engine: the engine's own, otherwise the fallback. */
export const runKernel = <K extends KernelName>(
  kernelName: K,
  inputs: Kernels[K]["inputs"],
  attributes: Kernels[K]["attributes"],
): Kernels[K]["output"] => {
  const backendName = tf.getBackend();
  if (!tf.getKernel(kernelName, backendName)) {
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) =>
        // The gradient tape is off inside a kernel, so nothing here records gradients.
        tf.tidy(() =>
          compositions[kernelName](
            inputs as typeof inputs & Kernels[K]["inputs"],
            attrs as typeof attrs & Kernels[K]["attributes"],
          ),
        ),
    });
  }
  return run(kernelName, inputs, attributes);
};
