// Convolution, bias and activation as one fused operation, also in training.
import { convBiasRelu, tf, zeroPad } from "@mlpconv/tensor";
import { type Binding, type Layer, only, type Seeded, StockConv2D, StockZeroPadding2D } from "./builtin.js";
import { fits, positive } from "./check.js";
import { type Initializer, initializers } from "./init.js";

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
}

class Conv2D extends StockConv2D implements Seeded {
  declare readonly strides: [number, number];
  declare readonly padding: "same" | "valid";
  declare readonly kernelSize: [number, number];
  declare readonly activation: { getClassName(): string; apply(x: tf.Tensor): tf.Tensor };
  declare kernel: tf.LayerVariable;
  declare bias: tf.LayerVariable;
  declare kernelInitializer: Initializer;
  declare biasInitializer: Initializer;

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

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const name = this.activation.getClassName();
    const fused = name === "relu" || name === "linear";
    return tf.tidy(() => {
      const y = convBiasRelu(
        only(inputs) as tf.Tensor4D,
        this.kernel.read() as tf.Tensor4D,
        this.bias.read() as tf.Tensor1D,
        { strides: this.strides, pad: this.padding, activation: fused ? name : "linear" },
      );
      return fused ? y : this.activation.apply(y);
    });
  }
}

class ZeroPadding2D extends StockZeroPadding2D {
  declare readonly padding: [[number, number], [number, number]];

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return zeroPad(only(inputs) as tf.Tensor4D, this.padding);
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
  { kernel, stride = 1, padding = 0, activation = "relu" }: Conv2dOptions,
): Layer[] => {
  positive("conv2d", { filters, kernel, stride });
  const { zeros, word } = lower(padding, kernel, stride);
  const convolution = new Conv2D({ filters, kernelSize: kernel, strides: stride, padding: word, activation });
  return zeros === 0 ? [convolution] : [new ZeroPadding2D({ padding: zeros }), convolution];
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
