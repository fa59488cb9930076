// LeNet-5, with sigmoids and mean pooling.
import { avgPool, conv2d, dense, flatten, sequential } from "@mlpconv/layers";
import type { tf } from "@mlpconv/tensor";
import { checkClasses, type ModelOptions } from "./options.js";

/** Options of `lenet`, which has no dropout. */
export type LenetOptions = Omit<ModelOptions, "dropout">;

/**
 * LeNet-5 (LeCun et al., 1998) as in d2l, "Convolutional Neural Networks (LeNet)": 61,706 parameters. Images of at least 12 pixels.
 *
 * @throws InputSizeError when the image is too small; RangeError when an option is out of range
 */
export const lenet = ({
  inputShape = [28, 28, 1],
  classes = 10,
  seed,
  init,
}: LenetOptions = {}): tf.LayersModel => {
  checkClasses("lenet", classes);
  return sequential({ name: "lenet", inputShape, seed, init }, [
    conv2d(6, { kernel: 5, padding: 2, activation: "sigmoid" }), // 28 x 28 x  6
    avgPool(2), //                                                  14 x 14 x  6
    conv2d(16, { kernel: 5, activation: "sigmoid" }), //            10 x 10 x 16
    avgPool(2), //                                                   5 x  5 x 16
    flatten(), //                                                    400
    dense(120, { activation: "sigmoid" }), //                        120
    dense(84, { activation: "sigmoid" }), //                         84
    dense(classes), //                                               classes
  ]);
};
