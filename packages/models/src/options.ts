// Options that the networks share, and checks that no layer makes.
import type { Init } from "@mlpconv/layers";

/** Options of every network. */
export interface ModelOptions {
  /** [height, width, channels], in pixels. */
  inputShape?: readonly [height: number, width: number, channels: number] | undefined;
  /** Default 10. */
  classes?: number | undefined;
  /** The share of activations set to zero in training. Default 0.5. */
  dropout?: number | undefined;
  /** Seed of the weights and dropout masks. Default 0. */
  seed?: number | undefined;
  /** Default He's normal for weights, zeros for biases. */
  init?: Init | undefined;
}

/** Option of models that can have fewer channels. */
export interface RatioOption {
  /** Divides the channels of each convolution, rounded down to at least 1; the number of classes is not divided. Default 1. */
  ratio?: number | undefined;
}

/** Option of models that came before batch normalisation. */
export interface BatchNormOption {
  /** Batch normalisation between each convolution, which keeps its bias as in torchvision's `vgg11_bn`, and its ReLU. Default false. */
  batchNorm?: boolean | undefined;
}

/** Option of models whose last maps are one for each class. */
export interface LastReluOption {
  /**
   * ReLU after the last convolution, as in the paper's code and d2l: logits are then never negative, and a class whose map is 0 for every image
   * gets no gradient any more. Default true.
   */
  lastRelu?: boolean | undefined;
}

/** @throws RangeError when `classes` is not a whole number from 1 up; the message begins with `name` */
export const checkClasses = (name: string, classes: number): void => {
  if (!Number.isInteger(classes) || classes < 1) {
    throw new RangeError(`${name}: expected classes to be a whole number from 1 up, got ${classes}`);
  }
};

/**
 * Divides channels by `ratio` and rounds down, to at least 1.
 *
 * @throws RangeError unless `ratio` is a number from 1 up
 */
export const divideBy = (name: string, ratio: number): ((channels: number) => number) => {
  if (!(ratio >= 1 && ratio < Number.POSITIVE_INFINITY)) {
    throw new RangeError(
      `${name}: expected ratio, which divides the channels, to be a number from 1 up, got ${ratio}`,
    );
  }
  return (channels) => Math.max(1, Math.floor(channels / ratio));
};
