// Convolution, bias and activation as one fused operation, also in training.
import { convBiasRelu, tf } from "@mlpconv/tensor";
import { type Binding, type Layer, only, type Seeded, StockConv2D } from "./builtin.js";
import { fits, positive } from "./check.js";
import { type Initializer, initializers } from "./init.js";
import type { CallOptions } from "./leave-work.js";
import { behindZeros, type Padded, type ZeroPadding2D } from "./zero-padding.js";

/** Activation applied after the bias is added; "linear" applies none. */
export type Activation = "relu" | "sigmoid" | "linear";

/** The window of a convolution, and its activation. */
export interface Conv2dOptions {
  /** Side of the square window, in pixels. */
  kernel: number;
  /** Pixels between windows. Default 1. */
  stride?: number;
  /** Zeros around the image: a number of pixels as in PyTorch, or tfjs's "same" or "valid". Default 0. */
  padding?: number | "same" | "valid";
  /** Default "relu". */
  activation?: Activation;
  /** Whether a bias is added. Batch normalisation behind a convolution takes it away again. Default true. */
  bias?: boolean;
}

class Conv2D extends StockConv2D implements Seeded, Padded {
  declare readonly strides: [number, number];
  declare readonly padding: "same" | "valid";
  declare readonly kernelSize: [number, number];
  declare readonly activation: { getClassName(): string; apply(x: tf.Tensor): tf.Tensor };
  declare kernel: tf.LayerVariable;
  declare bias: tf.LayerVariable | null;
  declare kernelInitializer: Initializer;
  declare biasInitializer: Initializer;
  padding2d: ZeroPadding2D | undefined;
  /** Zeros in the place of a bias, for the operation that adds one. */
  private zeros: tf.Tensor1D | undefined;

  bind({ seed, init, inputShape }: Binding): void {
    const [height, width] = this.kernelSize;
    const { kernel, bias } = initializers(init, {
      seed,
      path: this.name,
      fanIn: height * width * inputShape[2]!,
    });
    this.kernelInitializer = kernel;
    this.biasInitializer = bias;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    fits("conv2d", this, inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: CallOptions): tf.Tensor {
    const pad = this.padding2d?.paddingLeft(options) ?? this.padding;
    const name = this.activation.getClassName();
    const fused = name === "relu" || name === "linear";
    return tf.tidy(() => {
      const y = convBiasRelu(
        only(inputs) as tf.Tensor4D,
        this.kernel.read() as tf.Tensor4D,
        this.biasOrZeros(),
        { strides: this.strides, pad, activation: fused ? name : "linear" },
      );
      return fused ? y : this.activation.apply(y);
    });
  }

  private biasOrZeros(): tf.Tensor1D {
    if (this.bias) return this.bias.read() as tf.Tensor1D;
    if (!this.zeros || this.zeros.isDisposed)
      this.zeros = tf.keep(tf.zeros([this.kernel.shape.at(-1)!])) as tf.Tensor1D;
    return this.zeros;
  }

  override dispose(): ReturnType<Layer["dispose"]> {
    this.zeros?.dispose();
    return super.dispose();
  }
}

/**
 * A convolution with bias and activation: [batch, h, w, in] to [batch, h', w', filters], h' = floor((h + 2 padding - kernel) / stride) + 1.
 * Padding that "same" and "valid" cannot express (AlexNet's first) becomes a ZeroPadding2D layer before the convolution.
 *
 * @throws RangeError when a size is not a whole number in range
 */
export const conv2d = (
  filters: number,
  { kernel, stride = 1, padding = 0, activation = "relu", bias = true }: Conv2dOptions,
): Layer[] => {
  positive("conv2d", { filters, kernel, stride });
  const { zeros, word } = lower(padding, kernel, stride);
  const convolution = new Conv2D({
    filters,
    kernelSize: kernel,
    strides: stride,
    padding: word,
    activation,
    ...(!bias && { useBias: false }),
  });
  return zeros === 0 ? [convolution] : behindZeros(zeros, convolution);
};

/** PyTorch's padding as zeros to add first, and the tfjs padding for the rest. */
const lower = (
  padding: number | "same" | "valid",
  kernel: number,
  stride: number,
): { zeros: number; word: "same" | "valid" } => {
  if (padding === "same" || padding === "valid") return { zeros: 0, word: padding };
  if (!Number.isInteger(padding) || padding < 0) {
    throw new RangeError(
      `conv2d: expected padding to be a whole number from 0 up, "same" or "valid", got ${padding}`,
    );
  }
  // tfjs's "same" equals padding by half the window only for stride 1.
  if (padding > 0 && stride === 1 && kernel === 2 * padding + 1) return { zeros: 0, word: "same" };
  return { zeros: padding, word: "valid" };
};
