// The kernel contract: names, inputs and attributes of the kernels that an engine may register under its tfjs name.
// Where it registers none, tensor registers a composition of stock kernels (`fallbacks.ts`) in its place, once, at the first use.
import type { tf } from "./tf.js";

/** Zeros around the image: pixels on each of the four sides, tfjs's words, or a pair of sides for each axis. */
export type Pad = "valid" | "same" | number | tf.backend_util.ExplicitPadding;
/** What follows the sum with the bias; "linear" is nothing. */
export type Activation = "linear" | "relu";

/** A convolution's attributes. `pad` as in `tf.conv2d`; a number pads all four sides, as in PyTorch. */
export interface ConvAttributes {
  /** Pixels between windows, [down, right]. */
  strides: [number, number];
  /** Zeros around the image. */
  pad: Pad;
  /** What the sum goes through last. */
  activation: Activation;
}

/** Every kernel of the contract: NHWC images, HWIO filters, float32 unless said. */
export interface Kernels {
  /** y = activation(conv2d(x, filter) + bias) */
  ConvBiasRelu: {
    inputs: { x: tf.Tensor4D; filter: tf.Tensor4D; bias: tf.Tensor1D };
    attributes: ConvAttributes;
    output: tf.Tensor4D;
  };
  /** The gradient with respect to x; `dy` is masked where the activation was off (y = 0). */
  ConvBiasReluGradInput: {
    inputs: { dy: tf.Tensor4D; y: tf.Tensor4D; filter: tf.Tensor4D };
    attributes: ConvAttributes & { inputShape: [number, number, number, number] };
    output: tf.Tensor4D;
  };
  /** The gradients with respect to filter and bias, in this order; `dy` is masked as above. */
  ConvBiasReluGradFilter: {
    inputs: { x: tf.Tensor4D; dy: tf.Tensor4D; y: tf.Tensor4D };
    attributes: ConvAttributes & { filterShape: [number, number, number, number] };
    output: [tf.Tensor4D, tf.Tensor1D];
  };
  /** The mean loss of a batch and its gradient with respect to the logits. `labels` are int32 class numbers. */
  SoftmaxCrossEntropy: {
    inputs: { logits: tf.Tensor2D; labels: tf.Tensor1D };
    attributes: Record<never, never>;
    output: [tf.Scalar, tf.Tensor2D];
  };
  /**
   * x times a mask, 0 with probability `rate`, else 1 / (1 - rate): value i by word `offset` + i of that block of the stream of that key.
   * Of dy, it is the gradient.
   */
  Dropout: {
    inputs: { x: tf.Tensor };
    attributes: { rate: number; key: readonly [number, number]; block: number; offset: number };
    output: tf.Tensor;
  };
  /** One update by SGD: new weights and, if a velocity is given, its new value. It may write over both: the caller uses the outputs alone. */
  SgdStep: {
    inputs: { weights: tf.Tensor; gradient: tf.Tensor; velocity?: tf.Tensor };
    attributes: { learningRate: number; momentum: number; nesterov: boolean; weightDecay: number };
    output: tf.Tensor[];
  };
  /**
   * One update by AdamW: new weights, mean and square of the gradients. It may write over all three: the caller uses the outputs alone.
   * w = (1 - learningRate * weightDecay) * w - learningRate * mean' / (sqrt(square') + epsilon), where mean' = mean / (1 - beta1^step) and
   * square' = square / (1 - beta2^step): what is `step`'s alone is worked out in double precision.
   */
  AdamStep: {
    inputs: { weights: tf.Tensor; gradient: tf.Tensor; mean: tf.Tensor; square: tf.Tensor };
    attributes: {
      learningRate: number;
      beta1: number;
      beta2: number;
      epsilon: number;
      weightDecay: number;
      step: number;
    };
    output: [tf.Tensor, tf.Tensor, tf.Tensor];
  };
  /** int32 levels 0-255 to float32 pixels in [0, 1] of another [height, width], by PIL's bilinear filter for 8-bit images. */
  ResizeLevels: {
    inputs: { levels: tf.Tensor4D };
    attributes: { size: readonly [number, number] };
    output: tf.Tensor4D;
  };
}

/** The name under which an engine registers a kernel of the contract. */
export type KernelName = keyof Kernels;
