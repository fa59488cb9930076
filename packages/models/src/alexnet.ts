// AlexNet: wider, deeper, ReLU, dropout, and most of its numbers in two dense layers.
import { conv2d, dense, dropout, flatten, maxPool, sequential } from "@mlpconv/layers";
import type { tf } from "@mlpconv/tensor";
import { checkClasses, type ModelOptions } from "./options.js";

/** What `alexnet` takes: what every net takes. */
export type AlexnetOptions = ModelOptions;

/**
 * AlexNet (Krizhevsky et al., 2012) as d2l gives it in "Deep Convolutional Neural Networks (AlexNet)", in one piece and without local
 * response normalisation: 46,764,746 parameters. From 65 pixels up.
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
