// Convolution, bias and activation as one fused operation, also in training (tfjs fuses them only in inference).
import { runKernel } from "../fallbacks.js";
import type { Activation, ConvAttributes, Pad } from "../kernels.js";
import { tf } from "../tf.js";
import { convolutionInfo } from "../windows.js";
import { expectFloats } from "./floats.js";

/** Window and activation of `convBiasRelu`. */
export interface ConvBiasReluOptions {
  /** Pixels between windows, in both directions or [vertical, horizontal]. Default 1. */
  strides?: number | [number, number];
  /** Zeros around the image: a number of pixels as in PyTorch, or tfjs's "same" or "valid". Default "valid". */
  pad?: Pad;
  /** Default "relu". */
  activation?: Activation;
}

/**
 * y = activation(conv2d(x, filter) + bias), differentiable with respect to all three.
 *
 * @param x images, [batch, height, width, inChannels]
 * @param filter [filterHeight, filterWidth, inChannels, outChannels]
 * @param bias [outChannels]
 * @returns [batch, outHeight, outWidth, outChannels], out = floor((in + padding - filter) / stride) + 1
 * @throws Error when a tensor is not float32, the shapes do not fit each other, or the window does not fit the padded images
 */
export const convBiasRelu = (
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  { strides = 1, pad = "valid", activation = "relu" }: ConvBiasReluOptions = {},
): tf.Tensor4D => {
  const attributes: ConvAttributes = {
    strides: typeof strides === "number" ? [strides, strides] : strides,
    pad,
    activation,
  };
  check(x, filter, bias, attributes);
  // tfjs reads this when the kernel has run.
  gradient.outputsToSave[0] = activation === "relu";
  return runKernel("ConvBiasRelu", { x, filter, bias }, attributes);
};

const check = (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D, attributes: ConvAttributes): void => {
  expectFloats("convBiasRelu", { x, filter, bias });
  const fail = (expected: string, got: readonly number[]) => {
    throw new Error(`convBiasRelu: expected ${expected}, got [${got}]`);
  };
  if (x.rank !== 4) fail("x [batch, height, width, channels]", x.shape);
  if (filter.rank !== 4) fail("filter [height, width, inChannels, outChannels]", filter.shape);
  if (filter.shape[2] !== x.shape[3]) fail(`a filter for ${x.shape[3]} channels`, filter.shape);
  if (bias.rank !== 1 || bias.shape[0] !== filter.shape[3]) fail(`bias [${filter.shape[3]}]`, bias.shape);
  convolutionInfo("convBiasRelu", x.shape, filter.shape, attributes);
};

/** The gradient of the kernel; registered together with the op, so that the op is always differentiable. */
const gradient = {
  kernelName: "ConvBiasRelu",
  inputsToSave: ["x", "filter"],
  /** Whether y is saved: only the mask of a ReLU is read from it. */
  outputsToSave: [true],
  gradFunc: (output: tf.Tensor | tf.Tensor[], saved: tf.Tensor[], attributes: tf.NamedAttrMap) => {
    const dy = output as tf.Tensor4D;
    // Without a ReLU, nothing reads the tensor in the place of y.
    const [x, filter, y = dy] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D?];
    const convolution = attributes as unknown as ConvAttributes;
    const [dFilter, dBias] = runKernel(
      "ConvBiasReluGradFilter",
      { x, dy, y },
      { ...convolution, filterShape: filter.shape },
    );
    return {
      // Computed only if a layer below needs it: the first layer's images need no gradient.
      x: () => runKernel("ConvBiasReluGradInput", { dy, y, filter }, { ...convolution, inputShape: x.shape }),
      filter: () => dFilter,
      bias: () => dBias,
    };
  },
};
tf.registerGradient(gradient);
