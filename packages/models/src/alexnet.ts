// AlexNet: wider and deeper than LeNet, with ReLU and dropout; most of its parameters are in two dense layers.
import { conv2d, dense, dropout, flatten, maxPool, sequential } from "@mlpconv/layers";
import type { tf } from "@mlpconv/tensor";
import { checkClasses, type ModelOptions } from "./options.js";

/** Options of `alexnet`. */
export type AlexnetOptions = ModelOptions;

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
  seed,
  init,
}: AlexnetOptions = {}): tf.LayersModel => {
  checkClasses("alexnet", classes);
  return sequential({ name: "alexnet", inputShape, seed, init }, [
    conv2d(96, { kernel: 11, stride: 4, padding: 1 }), // 54 x 54 x  96
    maxPool(3, { stride: 2 }), //                         26 x 26 x  96
    conv2d(256, { kernel: 5, padding: 2 }), //            26 x 26 x 256
    maxPool(3, { stride: 2 }), //                         12 x 12 x 256
    conv2d(384, { kernel: 3, padding: 1 }), //            12 x 12 x 384
    conv2d(384, { kernel: 3, padding: 1 }), //            12 x 12 x 384
    conv2d(256, { kernel: 3, padding: 1 }), //            12 x 12 x 256
    maxPool(3, { stride: 2 }), //                          5 x  5 x 256
    flatten(), //                                          6400
    dense(4096, { activation: "relu" }), //                4096
    dropout(rate),
    dense(4096, { activation: "relu" }), //                4096
    dropout(rate),
    dense(classes), //                                     classes
  ]);
};
