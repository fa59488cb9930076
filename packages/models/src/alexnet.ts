// AlexNet: wider and deeper than LeNet, with ReLU and dropout; most of its parameters are in two dense layers.
import {
  batchNorm,
  type Conv2dOptions,
  conv2d,
  dense,
  dropout,
  flatten,
  type Layer,
  maxPool,
  sequential,
} from "@mlpconv/layers";
import type { tf } from "@mlpconv/tensor";
import { type BatchNormOption, checkClasses, type ModelOptions } from "./options.js";

/** Options of `alexnet`. */
export interface AlexnetOptions extends ModelOptions, BatchNormOption {}

/**
 * AlexNet (Krizhevsky et al., 2012) as in d2l, "Deep Convolutional Neural Networks (AlexNet)": not split over two GPUs and without local
 * response normalisation. 46,764,746 parameters. Images of at least 65 pixels.
 *
 * @throws InputSizeError when the image is too small; RangeError when an option is out of range
 */
export const alexnet = ({
  inputShape = [224, 224, 1],
  classes = 10,
  dropout: rate = 0.5,
  batchNorm: normalised = false,
  seed,
  init,
}: AlexnetOptions = {}): tf.LayersModel => {
  checkClasses("alexnet", classes);
  const conv = (filters: number, window: Conv2dOptions): Layer[][] =>
    normalised
      ? [conv2d(filters, { ...window, activation: "linear" }), batchNorm({ activation: "relu" })]
      : [conv2d(filters, window)];
  return sequential({ name: "alexnet", inputShape, seed, init }, [
    ...conv(96, { kernel: 11, stride: 4, padding: 1 }), // 54 x 54 x  96
    maxPool(3, { stride: 2 }), //                          26 x 26 x  96
    ...conv(256, { kernel: 5, padding: 2 }), //            26 x 26 x 256
    maxPool(3, { stride: 2 }), //                          12 x 12 x 256
    ...conv(384, { kernel: 3, padding: 1 }), //            12 x 12 x 384
    ...conv(384, { kernel: 3, padding: 1 }), //            12 x 12 x 384
    ...conv(256, { kernel: 3, padding: 1 }), //            12 x 12 x 256
    maxPool(3, { stride: 2 }), //                          5 x  5 x 256
    flatten(), //                                          6400
    dense(4096, { activation: "relu" }), //                4096
    dropout(rate),
    dense(4096, { activation: "relu" }), //                4096
    dropout(rate),
    dense(classes), //                                     classes
  ]);
};
