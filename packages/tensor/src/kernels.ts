// The kernel specification: names, inputs and attributes of kernels that an engine may register with tfjs.
// If an engine registers none, tensor registers a fallback made of tfjs's kernels (`fallbacks.ts`) at the first use.
import type { tf } from "./tf.js";

/** Zeros around the image: pixels on each of the four sides, "same", "valid", or a pair of sides for each axis. */
export type Pad = "valid" | "same" | number | tf.backend_util.ExplicitPadding;
/** Rows of zeros above and below the image, and columns left and right of it. */
export type Frame = readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]];
/** Activation applied after the bias is added; "linear" applies none. */
export type Activation = "linear" | "relu";

/** A convolution's attributes. `pad` as in `tf.conv2d`; a number pads all four sides, as in PyTorch. */
export interface ConvAttributes {
  /** Pixels between windows, [vertical, horizontal]. */
  strides: [number, number];
  /** Zeros around the image. */
  pad: Pad;
  /** Activation of the result. */
  activation: Activation;
}

/** Attributes of batch normalisation. */
export interface BatchNormAttributes {
  /** Added to the variance. */
  epsilon: number;
  /** Activation of the result. */
  activation: Activation;
  /** Whether something is added before the activation. */
  residual: boolean;
}

/** All kernels: NHWC images, HWIO filters, float32 unless stated. */
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
  /**
   * y = activation(scale * (x - mean) / sqrt(variance + epsilon) + offset + add), and the mean and the biased variance of each channel over
   * all other axes of x. x is [..., channels], `add` has its shape, everything else is [channels].
   */
  BatchNorm: {
    inputs: { x: tf.Tensor; scale: tf.Tensor1D; offset: tf.Tensor1D; add?: tf.Tensor };
    attributes: BatchNormAttributes;
    output: [tf.Tensor, tf.Tensor1D, tf.Tensor1D];
  };
  /**
   * The gradients with respect to x, scale and offset, and after a residual ReLU that of what was added: dy masked where the activation was
   * off (y = 0). If nothing was added, an engine may compute the mask from x in place of y.
   */
  BatchNormGrad: {
    inputs: {
      x: tf.Tensor;
      dy: tf.Tensor;
      y: tf.Tensor;
      scale: tf.Tensor1D;
      offset: tf.Tensor1D;
      mean: tf.Tensor1D;
      variance: tf.Tensor1D;
    };
    attributes: BatchNormAttributes;
    output: [tf.Tensor, tf.Tensor1D, tf.Tensor1D] | [tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.Tensor];
  };
  /** The same y as `BatchNorm`, from given statistics. */
  BatchNormInference: {
    inputs: {
      x: tf.Tensor;
      mean: tf.Tensor1D;
      variance: tf.Tensor1D;
      scale: tf.Tensor1D;
      offset: tf.Tensor1D;
      add?: tf.Tensor;
    };
    attributes: BatchNormAttributes;
    output: tf.Tensor;
  };
  /** x within a frame of zeros. The padding belongs to the layer: unlike that of tfjs's PadV2, it is the same at every step. */
  ZeroPad: {
    inputs: { x: tf.Tensor4D };
    attributes: { padding: Frame };
    output: tf.Tensor4D;
  };
  /** The mean loss of a batch and its gradient with respect to the logits. `labels` are int32 class numbers. */
  SoftmaxCrossEntropy: {
    inputs: { logits: tf.Tensor2D; labels: tf.Tensor1D };
    attributes: Record<never, never>;
    output: [tf.Scalar, tf.Tensor2D];
  };
  /**
   * x times a mask: 0 with probability `rate`, otherwise 1 / (1 - rate). Value i uses word `offset` + i of the given block of the stream with that
   * key. Applied to dy, it gives the gradient.
   */
  Dropout: {
    inputs: { x: tf.Tensor };
    attributes: { rate: number; key: readonly [number, number]; block: number; offset: number };
    output: tf.Tensor;
  };
  /** One SGD update: new weights and, if a velocity is given, its new value. It may overwrite both inputs: the caller uses only the outputs. */
  SgdStep: {
    inputs: { weights: tf.Tensor; gradient: tf.Tensor; velocity?: tf.Tensor };
    attributes: { learningRate: number; momentum: number; nesterov: boolean; weightDecay: number };
    output: tf.Tensor[];
  };
  /**
   * One AdamW update: new weights, mean and square of the gradients. It may overwrite all three inputs: the caller uses only the outputs.
   * w = (1 - learningRate * weightDecay) * w - learningRate * mean' / (sqrt(square') + epsilon), where mean' = mean / (1 - beta1^step) and
   * square' = square / (1 - beta2^step). Terms that depend only on `step` are computed in double precision.
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
  /** One update of a running mean: (1 - share) * variable + share * scale * value. It may overwrite `variable`: the caller uses only the output. */
  MoveTowards: {
    inputs: { variable: tf.Tensor; value: tf.Tensor };
    attributes: { share: number; scale: number };
    output: tf.Tensor;
  };
  /** int32 levels 0-255 to float32 pixels in [0, 1] at another [height, width], with PIL's bilinear filter for 8-bit images. */
  ResizeLevels: {
    inputs: { levels: tf.Tensor4D };
    attributes: { size: readonly [number, number] };
    output: tf.Tensor4D;
  };
}

/** The name under which an engine registers one of these kernels. */
export type KernelName = keyof Kernels;
